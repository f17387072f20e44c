"""Add candidates without a search: dates, numbers, sums, code points, addresses, emoji, readings.

Enter at the protocol `Rewriter` in rewriter.py: a pure function of the letters and the candidates, run at
every key. They import only the protocol values and the spelling. The session's menu asks them in the order of
`engine.factory.create_rewriters`.
"""
