/// The shell text that starts a worker: the user's setup lines, then the worker itself.
enum BatchScript {
    /// Commands that bash startup files define as functions of a login shell, and that a batch job may lack.
    private static let shellFunctions = ["module", "ml", "conda", "mamba", "micromamba"]

    /// A bash script that ends by replacing itself with `command`. Each argument arrives unchanged, whatever it
    /// contains. Slurm's warning before the time limit may come during the setup, and does not end it.
    ///
    /// The setup lines run one after the other in the same shell, as in the user's own script. The first that fails
    /// ends the setup: the command then gets `--setup-failure` with a sentence that names the line, and reports it.
    /// Only the exit status of the line itself counts, not failures within a file that it sources.
    static func text(setup: [String], command: [String]) -> String {
        let words = command.map(quoted).joined(separator: " ")
        var lines = ["#!/bin/bash", "trap : USR1 USR2"] + check(command.first)
        if !setup.isEmpty {
            lines.append(opening(command: words))
            lines += shellFunctions.filter { name in setup.contains { begins($0, with: name) } }
                .map { "__stune_define \($0)" }
            for (index, line) in setup.enumerated() {
                lines.append("__stune_setup[\(index + 1)]=\(quoted(line))")
            }
            lines.append("__stune_join \(setup.count)")
            // Not a loop, which a line could leave; not a function, where `declare` has another meaning.
            for number in 1...setup.count {
                lines += ["__stune_begin \(number)", "eval \"$__stune_line\"", "__stune_end $?"]
            }
            lines.append(closing)
        }
        lines.append("exec \(words)")
        return lines.joined(separator: "\n") + "\n"
    }

    /// What the setup lines need, under names that no user has.
    private static func opening(command: String) -> String {
        let text = #"""
            __stune_fail() {
                trap - EXIT
                printf '\nstune: %s\n' "$1"
                exec COMMAND --setup-failure "${1:0:600}"
            }
            __stune_exit() {
                local status=$?
                # A job in the background may have the trap too.
                [ "${BASHPID:-$$}" = "$$" ] || return 0
                __stune_fail "$__stune_at ended the shell with exit code $status: $__stune_line"
            }
            __stune_define() {
                local file
                [ "$(type -t "$1")" != function ] || return 0
                for file in /etc/profile.d/*.sh; do
                    [ -r "$file" ] || continue
                    case "$(<"$file")" in *"$1"*) . "$file" ;; esac
                done
            }
            __stune_is_open() {
                case "$1" in *\\) return 0 ;; esac
                [ -n "$("$BASH" -n -c "$1" 2>&1)" ]
            }
            __stune_join() {
                local first=1 last text
                while [ "$first" -le "$1" ]; do
                    text=${__stune_setup[first]} last=$first
                    while [ "$last" -lt "$1" ] && [ "$last" -lt $((first + 50)) ] && __stune_is_open "$text"; do
                        last=$((last + 1)) text+=$'\n'${__stune_setup[last]}
                    done
                    # What is wrong by itself is not mended by what follows.
                    if [ "$last" -gt "$first" ] && __stune_is_open "$text"; then
                        last=$first text=${__stune_setup[first]}
                    fi
                    __stune_setup[first]=$text __stune_to[first]=$last
                    first=$((last + 1))
                done
            }
            __stune_begin() {
                __stune_line= __stune_at=
                [ -n "${__stune_to[$1]-}" ] || return 0
                __stune_line=${__stune_setup[$1]} __stune_at="line $1"
                [ "${__stune_to[$1]}" = "$1" ] || __stune_at="lines $1 to ${__stune_to[$1]}"
                printf 'stune: setup, %s: %s\n' "$__stune_at" "$__stune_line"
            }
            __stune_end() {
                [ -n "$__stune_at" ] && [ "$1" != 0 ] || return 0
                __stune_fail "$__stune_at failed with exit code $1: $__stune_line"
            }
            __stune_setup=() __stune_to=() __stune_line= __stune_at=
            trap __stune_exit EXIT
            """#
        return text.replacing("COMMAND", with: command)
    }

    /// Removes these names, so that the command sees none of them.
    private static let closing = """
        if [ "$(trap -p EXIT)" = "trap -- '__stune_exit' EXIT" ]; then trap - EXIT; fi
        unset -f __stune_fail __stune_exit __stune_define __stune_is_open __stune_join __stune_begin __stune_end
        unset __stune_setup __stune_to __stune_line __stune_at
        """

    /// Whether a line has this word as a command, perhaps after others on the same line.
    private static func begins(_ line: String, with name: String) -> Bool {
        line.split { " \t\n;&|(".contains($0) }.contains { $0 == name }
    }

    /// Lines that end the script with a sentence if its program is missing or made for other machines. Shells report
    /// that with different messages, and some run a program of another architecture as a script. The controller finds
    /// the sentence in the task's output.
    private static func check(_ program: String?) -> [String] {
        guard let program, program.hasPrefix("/") else { return [] }
        let path = quoted(program)
        let isThere = """
            [ -x \(path) ] || { printf 'stune: there is no stune-worker at %s on %s; %s\\n' \(path) "$(uname -n)" \
            'compute nodes must see the installation of stune' >&2; exit 127; }
            """
        guard let machine else { return [isThere] }
        let fits = """
            case $(uname -m 2> /dev/null) in \(machine.pattern) | '') ;; *) printf \
            'stune: %s cannot run on %s, which is %s and not %s; keep tasks off such nodes with slurm.constraint\\n' \
            \(path) "$(uname -n)" "$(uname -m)" \(machine.name) >&2; exit 126 ;; esac
            """
        return [isThere, fits]
    }

    /// The output of `uname -m` on machines that can run this build, as a shell pattern, and the usual name; `nil` if
    /// not known. A 64-bit machine may report a 32-bit name.
    private static var machine: (pattern: String, name: String)? {
        #if arch(x86_64)
            ("x86_64 | amd64 | i?86", "x86_64")
        #elseif arch(arm64)
            ("aarch64 | arm64 | armv8*", "aarch64")
        #else
            nil
        #endif
    }

    /// The text in single quotes, where a shell takes every character except the quote literally.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
