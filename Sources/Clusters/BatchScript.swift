/// The shell text that starts a worker: the user's setup lines, then the worker itself.
enum BatchScript {
    /// A script that ends by becoming `command`. Each argument arrives literally, whatever it contains.
    static func text(setup: [String], command: [String]) -> String {
        let words = command.map(quoted).joined(separator: " ")
        return (["#!/bin/sh"] + setup + ["exec \(words)"]).joined(separator: "\n") + "\n"
    }

    /// A text in single quotes, within which a shell takes every character but the quote literally.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
