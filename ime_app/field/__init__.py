"""Type into a text field of another application, whatever protocol brings its keys.

Answers for the rules of typing there: what a key is answered, what is committed and shown, the menu, the
loading of the model beside. Entered by `engine_loop.EngineLoop`, which runs a `host.Host`; the caller gives a
`view.Port`. Imported by `ime_app.ibus` and `ime_app.fcitx5`; imports no PySide6.
"""
