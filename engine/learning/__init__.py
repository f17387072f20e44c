"""Learn from what the user commits: into the phrase log and into the user model.

Enter at `Learner` in learner.py, the protocol that the session calls, and at `UserLearner` in
user_learner.py, the one that keeps things. It joins `engine.storage` (on disk) and `engine.user_model` (in
memory). The session and the front ends import it.
"""
