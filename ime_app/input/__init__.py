"""Bring keys to the engine and its outputs back, in the order typed.

Enter at `InputController` in controller.py (which key goes where) and `EngineWorker` in engine_worker.py (the
thread in which the session lives). The windows, the widgets and `ime_app.field` import it.
"""
