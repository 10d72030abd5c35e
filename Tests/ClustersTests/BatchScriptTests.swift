import Testing

@testable import Clusters

/// The script of a task, as a real shell understands it.
struct BatchScriptTests {
    @Test(arguments: [
        "", " ", "word", "two words", "'", "''", "it's", "\"", "\\", "\\'", "$HOME", "$(touch x)",
        "`touch x`",
        "a\nb", "\n", "\t", "*", "~", "#", "!", "&& false", "; false", "| false", "> x", "ünïcödé 漢字 🙂",
        "-n", "%s", "\\n", "=", "'\\''", "'; touch x; '",
    ]) func `an argument arrives literally`(argument: String) throws {
        let place = try ClusterPlace()
        let script = BatchScript.text(
            setup: [], command: ["printf", "%s|", argument, "end", argument])
        let outcome = try place.run(["/bin/sh", "-c", script])
        #expect(outcome == "\(argument)|end|\(argument)|")
        #expect(try place.entries() == [])
    }

    @Test func `setup lines come before the command in the same shell`() throws {
        let place = try ClusterPlace()
        let script = BatchScript.text(
            setup: ["word='from setup'", "export word"], command: ["/bin/sh", "-c", "printf %s \"$word\""])
        #expect(try place.run(["/bin/sh", "-c", script]) == "from setup")
        #expect(script.hasPrefix("#!/bin/sh\ntrap : USR1\nword="))
        #expect(script.hasSuffix("\n"))
    }

    @Test func `the shell becomes the command`() throws {
        let place = try ClusterPlace()
        let script = BatchScript.text(setup: ["echo $$"], command: ["/bin/sh", "-c", "echo $$"])
        let numbers = try place.run(["/bin/sh", "-c", script]).split(separator: "\n")
        #expect(numbers.count == 2 && numbers.first == numbers.last)
    }
}
