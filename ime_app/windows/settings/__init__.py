"""Show the window of the settings: pages of controls, each change seen at once.

Enter at `SettingsWindow` in settings_window.py; settings_pages.py says what stands where. `windows.dialogs`
imports it.
"""
