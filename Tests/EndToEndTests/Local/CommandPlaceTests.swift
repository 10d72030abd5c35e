import Foundation
import Store
import Testing
import Tuning

/// Where commands start, the files there, and how their metrics are read if they cannot report.
@Suite struct CommandPlaceTests {
    static let clusters = Tool.hasSlurm ? ["local", "slurm"] : ["local"]

    /// A typical program: it reads `input.txt` where it starts, and writes and prints its results there. It writes its
    /// last line only when it ends.
    private static let program = #"""
        #!/bin/bash
        while read -r name _ value; do declare "$name=$value"; done < input.txt
        echo "step,energy" > out.csv
        for ((step = 1; step <= steps; step++)); do
          sleep 0.1
          energy=$((width * 100 + 60 / step))
          echo "at step $step: energy=$energy (of $steps)"
          printf '%s,%s' "$step" "$energy" >> out.csv
          if [ "$step" -lt "$steps" ]; then echo >> out.csv; fi
        done

        """#

    private func place(reports: String, more: String = "") throws -> Workplace {
        let place = try Workplace(name: "stune places")
        try place.write(
            "study.yaml",
            """
            name: places
            metric: {name: energy, goal: minimize}
            parameters: {width: {type: int, min: 1, max: 90}}
            searcher: {type: random, seed: 3}
            scheduler: {type: asha, min_resource: 1, max_resource: 3}
            trials: 6
            parallel: 3
            max_retries: 0
            settle_seconds: 5
            command: [./program]
            directory: trial
            files:
              input.txt: {template: input.tmpl}
              program: {copy: program}
              shared: {link: shared}
              who/am/i: {text: "{stune.trial} {{}}"}
            reports: \(reports)
            slurm: {time: 5, mem: 50M}
            \(more)

            """)
        try place.write("input.tmpl", "width = {width}\nsteps = {stune.to}\n")
        try place.write("program", Self.program)
        try FileManager.default.createDirectory(
            atPath: "\(place.path)/shared", withIntermediateDirectories: false)
        return place
    }

    @Test(
        arguments: clusters,
        [
            #"{stdout: 'step (?<resource>\d+): energy=(?<energy>\d+)'}"#, "{csv: out.csv, resource: step}",
        ])
    func `programs that write where they start do not meet, and their metrics are their own`(
        cluster: String, reports: String
    ) async throws {
        let place = try place(reports: reports)
        let outcome = try await place.runStudy(cluster: cluster)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let log = try StudyLog(place)
        let trials = try log.read { try $0.trials() }
        #expect(trials.count == 6)
        for trial in trials {
            guard case .int(let width)? = trial.configuration["width"] else {
                Issue.record("trial \(trial.trial) has no width")
                continue
            }
            let reports = try log.read { try $0.reports(of: trial.trial) }
            #expect(!reports.isEmpty, "\(trial.trial): \(trial.reason)")
            for report in reports {
                #expect(report.value == Double(width * 100 + 60 / report.resource.units), "\(trial.trial)")
            }
            // One directory for all attempts of a trial, with its input files.
            let own = "\(place.study)/trials/0/\(trial.trial)/work"
            #expect(try String(contentsOfFile: "\(own)/who/am/i", encoding: .utf8) == "\(trial.trial) {}")
            #expect(
                try FileManager.default.destinationOfSymbolicLink(atPath: "\(own)/shared").hasSuffix(
                    "/shared"))
            #expect(
                try String(contentsOfFile: "\(own)/input.txt", encoding: .utf8).hasPrefix(
                    "width = \(width)\n"))
        }
        #expect(trials.contains { $0.state == "completed" })
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: place.path).contains("out.csv") == false)
    }

    @Test func `validate tries the reports on a sample, and says where commands start`() async throws {
        let place = try place(reports: #"{stdout: 'step (?<resource>\d+): energy=(?<energy>\d+)'}"#)
        try place.write("sample.log", "hello\nat step 1: energy=7\nat step 2: energy=6 (of 3)\n")
        let outcome = try await place.stune("validate", "study.yaml", "--try", "sample.log")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(
            outcome.output.contains(
                "sample.log:2: resource 1: energy=7\nsample.log:3: resource 2: energy=6\n"))
        #expect(outcome.output.contains("sample.log: 2 reports in 3 lines"))
        #expect(outcome.output.contains("each trial starts in a directory of its own"))
        try place.write("sample.log", "hello\n")
        let other = try await place.stune("validate", "study.yaml", "--try", "sample.log")
        #expect(other.code == 2)
        #expect(other.errors.contains("finds no report in 'sample.log'"), "\(other.errors)")
    }

    @Test func `an unknown placeholder in a template is refused with its line and column`() async throws {
        let place = try place(reports: "{csv: out.csv, resource: step}")
        try place.write("input.tmpl", "# a remark\nwidth = {widht}\n")
        for command in ["validate", "run"] {
            let outcome = try await place.stune(command, "study.yaml")
            #expect(outcome.code == 2)
            #expect(
                (outcome.output + outcome.errors).contains(
                    "input.tmpl:2:9: files.input.txt.template: the placeholder '{widht}' names no parameter; "
                        + "did you mean 'width'?"), "\(outcome)")
        }
    }

    // MARK: Ports

    @Test(arguments: clusters)
    func `each lane has a port of its own, on which its command can listen`(cluster: String) async throws {
        let place = try Workplace(name: "stune ports")
        try place.writeStudy(
            trials: 8, parallel: 8, maxResource: 1, command: "[python3, listen.py]",
            more: """
                execution: {mode: rung, slots_per_task: 4}
                max_retries: 0
                settle_seconds: 5
                slurm: {time: 5, mem: 200M, cpus_per_task: 4}
                """)
        try place.write(
            "listen.py",
            """
            import glob, json, os, socket, time
            port = int(os.environ["STUNE_PORT"])
            listener = socket.socket()
            listener.bind(("", port))
            listener.listen()
            open(f"port.{os.environ['STUNE_TRIAL']}.{port}", "w").close()
            # Until all of the task listen.
            while len(glob.glob("port.*")) < 4:
                time.sleep(0.05)
            time.sleep(0.5)
            with open(os.environ["STUNE_REPORTS"], "a") as reports:
                reports.write(json.dumps({"resource": 1, "metrics": {"loss": port}}) + "\\n")

            """)
        let outcome = try await place.runStudy(cluster: cluster)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path).filter {
            $0.hasPrefix("port.")
        }
        #expect(names.count == 8)
        let trials = try StudyLog(place).read { try $0.trials() }
        #expect(trials.allSatisfy { $0.state == "completed" }, "\(trials.map(\.reason))")
    }
}
