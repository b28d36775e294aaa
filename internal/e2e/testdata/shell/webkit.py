#!/usr/bin/python3
"""A shell of WebKitGTK, as Tauri is one on Linux: it shows the pages of a folder by a scheme of its own, app://product/.

webkit.py --automation FOLDER is started by WebKitWebDriver.
"""
import mimetypes
import os
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gio, GLib, Gtk, WebKit2  # noqa: E402

folder = sys.argv[2]


def answer(request):
    name = os.path.join(folder, request.get_path().lstrip("/") or "index.html")
    try:
        with open(name, "rb") as file:
            content = file.read()
    except OSError as error:
        return request.finish_error(GLib.Error(str(error)))
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    stream = Gio.MemoryInputStream.new_from_bytes(GLib.Bytes.new(content))
    request.finish(stream, len(content), kind)


context = WebKit2.WebContext.new()
context.register_uri_scheme("app", answer)
context.get_security_manager().register_uri_scheme_as_secure("app")
context.get_security_manager().register_uri_scheme_as_cors_enabled("app")
context.set_automation_allowed(True)


def view(_session):
    made = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    window = Gtk.Window(default_width=1000, default_height=700)
    window.add(made)
    window.show_all()
    return made


def started(_context, session):
    info = WebKit2.ApplicationInfo.new()
    info.set_name("shell")
    session.set_application_info(info)
    session.connect("create-web-view", view)


context.connect("automation-started", started)
Gtk.main()
