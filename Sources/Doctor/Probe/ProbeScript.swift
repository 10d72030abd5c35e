/// The scripts of the test job. They need only bash and GNU tools, because they test what else exists.
enum ProbeScript {
    /// How often each direction is measured.
    static let rounds = 4
    /// How many seconds a node waits for a file.
    static let patience = 90

    /// The batch script: the setup lines that studies have, then the test on each node.
    static func batch(setup: [String], directory: String) -> String {
        let probe = "bash \(quoted("\(directory)/probe.sh"))"
        var lines = ["#!/bin/bash"]
        for (index, line) in setup.enumerated() {
            lines.append(
                "eval \(quoted(line)) || echo \"setup line \(index + 1) failed with exit code $?\" >&2")
        }
        lines += [
            "if [ \"${SLURM_JOB_NUM_NODES:-1}\" -gt 1 ] && command -v srun > /dev/null; then",
            "    srun --ntasks=\"$SLURM_JOB_NUM_NODES\" --ntasks-per-node=1 \(probe) || \(probe)",
            "else",
            "    \(probe)",
            "fi",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The test: writes what it sees into `report.RANK`, then answers each `ping.N` with a `pong.RANK.N`.
    static func probe(directory: String, stune: String, worker: String) -> String {
        template.replacing("DIRECTORY", with: quoted(directory))
            .replacing("STUNE ", with: "\(quoted(stune)) ").replacing("=WORKER", with: "=\(quoted(worker))")
            .replacing("ROUNDS", with: "\(rounds)").replacing("PATIENCE", with: "\(patience)") + "\n"
    }

    private static let template = #"""
        #!/bin/bash
        # What a compute node sees, for 'stune doctor --submit'.
        dir=DIRECTORY stune=STUNE worker=WORKER
        rank=${SLURM_PROCID:-0}
        cd -- "$dir" || exit 1
        now() { date +%s.%N; }
        limited() { timeout 60 "$@" 2>&1; }
        say() { printf '%s=%s\n' "$1" "${2//$'\n'/ }"; }
        publish() { mv -f -- ".$1.new" "$1"; }

        clock() {
            local before after
            before=$(now); : > "clock.$rank"; after=$(now)
            say clock_before "$before"; say clock_after "$after"
            say clock_file "$(stat -c %.9Y "clock.$rank" 2> /dev/null)"
        }
        programs() {
            local text code
            text=$(limited "$worker" --version); code=$?
            say worker_code "$code"; say worker "$text"
            text=$(limited "$stune" --version); code=$?
            say stune_code "$code"; say stune "$text"
            say python_path "$(command -v python3)"
            text=$(limited python3 -c 'import sys; print(sys.version.split()[0])'); code=$?
            say python_code "$code"; say python "$text"
            text=$(limited python3 -c 'import stune; print(stune.__file__)'); code=$?
            say client_code "$code"; say client "$text"
        }
        devices() {
            local device count=0
            for device in /dev/nvidia[0-9]* /dev/dri/renderD*; do [ -e "$device" ] && count=$((count + 1)); done
            say gpu_devices "$count"
            say gpu_visible "${CUDA_VISIBLE_DEVICES:-${ROCR_VISIBLE_DEVICES:-}}"
            command -v nvidia-smi > /dev/null && say gpu_listed "$(limited nvidia-smi -L | grep -c '^GPU')"
        }
        {
            say rank "$rank"
            say node "${SLURMD_NODENAME:-$(uname -n)}"
            say host "$(uname -n)"
            say architecture "$(uname -m)"
            say glibc "$(getconf GNU_LIBC_VERSION 2> /dev/null)"
            say user "$(id -un 2> /dev/null)"
            say open_files "$(ulimit -n)"
            [ -d "${HOME:-/nonexistent}" ] && say home_there 1
            for name in PATH LD_LIBRARY_PATH PYTHONPATH VIRTUAL_ENV CONDA_PREFIX MODULEPATH LANG HOME; do
                say "env_$name" "${!name-}"
            done
            clock
            programs
            devices
        } > ".report.$rank.new"
        publish "report.$rank"

        round=0
        while [ "$round" -lt ROUNDS ]; do
            start=$SECONDS
            until { read -r _ < "ping.$round"; } 2> /dev/null; do
                [ -e end ] || [ $((SECONDS - start)) -gt PATIENCE ] && exit 0
                sleep 0.02
            done
            seen=$(now)
            printf 'seen=%s\nwritten=%s\n' "$seen" "$(now)" > ".pong.$rank.$round.new"
            publish "pong.$rank.$round"
            round=$((round + 1))
        done
        """#

    /// The text in single quotes, where a shell takes every character except the quote literally.
    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
}
