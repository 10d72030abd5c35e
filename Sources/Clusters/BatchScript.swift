/// The shell text that starts a worker: the user's setup lines, then the worker itself.
enum BatchScript {
    /// A script that ends by becoming `command`. Each argument arrives literally, whatever it contains. Slurm's
    /// warning before the time limit may come while the setup runs, and does not end it.
    static func text(setup: [String], command: [String]) -> String {
        let words = command.map(quoted).joined(separator: " ")
        return (["#!/bin/sh", "trap : USR1"] + setup + ["exec \(words)"]).joined(separator: "\n") + "\n"
    }

    /// A text in single quotes, within which a shell takes every character but the quote literally.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
