import Spool
import Testing

@testable import Clusters

/// The script of a task, run by a real shell.
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
        let outcome = try place.run(["/bin/bash", "-c", script])
        #expect(outcome == "\(argument)|end|\(argument)|")
        #expect(try place.entries() == [])
    }

    @Test func `setup lines come before the command in the same shell`() throws {
        let place = try ClusterPlace()
        let script = BatchScript.text(
            setup: ["word='from setup'", "export word"], command: ["/bin/sh", "-c", "printf %s \"$word\""])
        #expect(try place.run(["/bin/bash", "-c", script]).hasSuffix("export word\nfrom setup"))
        #expect(script.hasPrefix("#!/bin/bash\ntrap : USR1 USR2\n"))
        #expect(script.hasSuffix("\n"))
    }

    @Test func `the shell becomes the command`() throws {
        let place = try ClusterPlace()
        let script = BatchScript.text(setup: ["echo $$"], command: ["/bin/sh", "-c", "echo $$"])
        let numbers = try place.run(["/bin/bash", "-c", script]).split(separator: "\n").suffix(2)
        #expect(numbers.count == 2 && numbers.first == numbers.last)
    }

    /// Prints each argument in brackets.
    private static let command = ["/bin/sh", "-c", "printf '[%s]' \"$@\"", "command", "run"]

    private func outcome(_ setup: [String]) throws -> (place: ClusterPlace, text: String) {
        let place = try ClusterPlace()
        let script = BatchScript.text(setup: setup, command: Self.command)
        return (place, try place.run(["/bin/bash", "-c", script]))
    }

    @Test(
        arguments: [
            (
                ["true", "no_such_program 1", "touch later"],
                "line 2 failed with exit code 127: no_such_program 1"
            ),
            (["(exit 3)"], "line 1 failed with exit code 3: (exit 3)"),
            (["false", "touch later"], "line 1 failed with exit code 1: false"),
            (["true", "exit 0", "touch later"], "line 2 ended the shell with exit code 0: exit 0"),
            (["set -e", "false", "touch later"], "line 2 ended the shell with exit code 1: false"),
            (["set -u", "echo \"$nobody_has_set_this\""], "line 2 ended the shell with exit code "),
            (["trap 'echo bye' EXIT", "false"], "line 2 failed with exit code 1: false"),
            (
                ["if true", "then", "  false", "fi", "touch later"],
                "lines 1 to 4 failed with exit code 1: if true"
            ),
            (["echo 'never closed", "touch later"], "line 1 failed with exit code "),
            (["return 4"], "line 1 failed with exit code "),
        ])
    func `the first line that fails ends the setup, and the worker is told which`(
        setup: [String], sentence: String
    ) throws {
        let (place, text) = try outcome(setup)
        #expect(text.contains("[run][--setup-failure][\(sentence)"), "\(text)")
        #expect(!(try place.entries().contains("later")))
    }

    @Test(
        arguments: [
            ["grep -q nothing /dev/null || true"], ["# a remark"], [""], ["sleep 9 &", "kill $!"],
            ["source ./activate.sh"], [". ./activate.sh"], ["for i in 1 2", "do", "  echo $i", "done"],
            ["cat <<EOF >text", "two words", "EOF"], ["export A=1 \\", "  B=2"],
            ["if false; then echo no; fi"], ["break 2>/dev/null || true", "continue 2>/dev/null || true"],
        ])
    func `a line fails by its own final status only`(setup: [String]) throws {
        let place = try ClusterPlace()
        // Similar to conda's: it uses unset variables, and commands in its middle fail.
        try Files.system.publish(
            Array("[ \"$NOT_SET\" = 1 ]\nfalse\nexport MARK=$PWD\n".utf8), at: "\(place.work)/activate.sh")
        let script = BatchScript.text(setup: setup, command: Self.command)
        let text = try place.run(["/bin/bash", "-c", script])
        #expect(text.hasSuffix("[run]"), "\(text)")
    }

    @Test func `functions of the environment are there, and what the setup exports reaches the command`()
        throws
    {
        let place = try ClusterPlace()
        let script = BatchScript.text(
            setup: [
                "module load tools/2", "cd /", "PATH=$PWD/elsewhere:$PATH",
                "more() { echo more; }; export -f more",
            ],
            command: [
                "/bin/bash", "-c",
                "more; echo \"$LOADED $PWD ${PATH%%:*} ${__stune_setup-none}\"; trap -p EXIT",
            ])
        let text = try place.run([
            "env", "BASH_FUNC_module%%=() { export LOADED=\"$*\"; }", "/bin/bash", "-c", script,
        ])
        #expect(text.hasSuffix("more\nload tools/2 / //elsewhere none\n"), "\(text)")
    }

    @Test func `each line is announced, so that the log of one that hangs names it`() throws {
        let (_, text) = try outcome(["echo one", "echo two"])
        #expect(text == "stune: setup, line 1: echo one\none\nstune: setup, line 2: echo two\ntwo\n[run]")
    }

    @Test func `a program that is not there is told with its path and the node`() throws {
        let place = try ClusterPlace()
        let script = BatchScript.text(setup: [], command: ["/nowhere/it's/stune-worker", "run"])
        let outcome = try place.run(
            ["/bin/sh", "-c", "{ \(script.replacing("exit 127", with: "echo code 127; exit 0"))} 2>&1"])
        #expect(outcome.contains("stune: there is no stune-worker at /nowhere/it's/stune-worker on "))
        #expect(outcome.hasSuffix("code 127\n"))
    }

    @Test func `a program of another architecture is told with both, and is not run`() throws {
        let place = try ClusterPlace()
        let uname = "uname() { case $1 in -m) echo riscv64 ;; -n) echo node7 ;; esac; }"
        let script = BatchScript.text(setup: [], command: ["/bin/echo", "ran"])
        let ended = script.replacing("exit 126", with: "echo code 126; exit 0")
        let outcome = try place.run(["/bin/bash", "-c", "\(uname)\n{ \(ended)} 2>&1"])
        #expect(outcome.contains("stune: /bin/echo cannot run on node7, which is riscv64 and not "))
        #expect(outcome.hasSuffix("code 126\n"))
        #expect(!outcome.contains("ran\n"))
    }
}
