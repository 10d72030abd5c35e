import Foundation
import StudyFile
import Testing
import Tuning

@Suite struct SiteDefaultsTests {
    private func file(_ text: String, _ path: String = "/etc/stune/site.yaml") -> SiteFile {
        SiteFile(path: path, bytes: Array(text.utf8))
    }

    private func study(
        _ changes: KeyValuePairs<String, String>, _ files: SiteFile...
    ) throws -> ParsedStudy {
        try StudyFile.read(text: example(changes), file: "study.yaml", site: files)
    }

    private func mistakes(_ changes: KeyValuePairs<String, String> = [:], _ files: SiteFile...) -> [String]
    {
        do {
            _ = try StudyFile.read(text: try example(changes), file: "study.yaml", site: files)
            return []
        } catch let error as InvalidStudyFile {
            return error.mistakes.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `defaults fill what the study file leaves open, field by field`() throws {
        let parsed = try study(
            ["slurm": "slurm: {time: 5, partition: gpu}"],
            file("slurm: {account: physics, partition: batch, time: 60}\nmax_retries: 3\n"))
        #expect(parsed.spec.batch.account == "physics")
        #expect(parsed.spec.batch.partition == "gpu")
        #expect(parsed.spec.batch.timeMinutes == 5)
        #expect(parsed.spec.plan.maxRetries == 3)
        #expect(
            parsed.defaults.map(\.description) == [
                "max_retries: 3, from /etc/stune/site.yaml:2",
                "slurm.account: physics, from /etc/stune/site.yaml:1",
            ])
    }

    @Test func `a user's file stands above the site's`() throws {
        let parsed = try study(
            ["slurm": ""], file("slurm: {account: mine}", "/users/me/.config/stune/site.yaml"),
            file("slurm: {account: theirs, qos: normal}"))
        #expect(parsed.spec.batch.account == "mine")
        #expect(parsed.spec.batch.qos == "normal")
        #expect(
            parsed.defaults.map(\.file) == ["/users/me/.config/stune/site.yaml", "/etc/stune/site.yaml"])
    }

    @Test(arguments: [
        ("mem: 4G", "mem-per-cpu: 1G"), ("gres: gpu:1", "gpus_per_node: 2"),
        ("cpus_per_task: 8", "cpus_per_gpu: 4"),
    ])
    func `an option of the study sets aside a default that sbatch would not take beside it`(
        site: String, own: String
    ) throws {
        let parsed = try study(["slurm": "slurm: {\(own)}"], file("slurm: {\(site)}"))
        #expect(parsed.defaults == [])
        #expect(try parsed.spec.batch == study(["slurm": "slurm: {\(own)}"]).spec.batch)
    }

    @Test func `null takes a default away`() throws {
        let parsed = try study(
            ["slurm": "slurm: {time: 5, constraint: null}"], file("slurm: {constraint: avx512}"))
        #expect(parsed.spec.batch.constraint == nil)
        #expect(parsed.spec.batch.timeMinutes == 5)
    }

    @Test func `variables of the environment add up`() throws {
        let parsed = try study(
            ["slurm": "slurm: {environment: {A: 1}}"], file("slurm: {environment: {A: 2, B: 3}}"))
        #expect(parsed.spec.batch.environment == ["A": "1", "B": "3"])
        #expect(parsed.defaults.map(\.field) == ["slurm.environment.B"])
    }

    @Test(arguments: ["parameters: {lr: {value: 1}}", "metric: {name: a, goal: minimize}", "command: [a]"])
    func `what is tuned is refused in a file of defaults, with a reason`(field: String) {
        let name = field.prefix { $0 != ":" }
        #expect(
            mistakes([:], file("# mine\n\(field)\n")) == [
                "/etc/stune/site.yaml:2:1: \(name): '\(name)' describes what is tuned, and a default of a site or a user "
                    + "would change studies unnoticed; move it to the study file"
            ])
    }

    @Test(arguments: [
        ("execution: {slots_per_task: 2}", "execution.slots_per_task"),
        ("slurm: {leave-seconds: 60}", "slurm.leave_seconds"),
        ("checkpoints: {keep: 2}", "checkpoints.keep"),
    ])
    func `fields within sections that belong to the study are refused`(text: String, field: String) throws {
        let all = mistakes([:], file(text))
        #expect(all.count == 1)
        #expect(all.first?.contains(": \(field): ") == true, "\(all)")
    }

    @Test func `mistakes name the file, the line and the field`() {
        #expect(
            mistakes(["trials": "trials: none"], file("slurm:\n  partiton: gpu\n  time: soon\n")).map {
                $0.split(separator: ":").prefix(4).joined(separator: ":")
            } == [
                "study.yaml:11:9: trials", "/etc/stune/site.yaml:2:3: slurm.partiton",
                "/etc/stune/site.yaml:3:9: slurm.time",
            ])
    }

    @Test(arguments: ["", "# nothing yet\n", "---\n"])
    func `a file without fields is no mistake`(text: String) throws {
        #expect(try study([:], file(text)).defaults == [])
    }

    @Test func `a file that is no text is refused`() {
        let all = mistakes([:], SiteFile(path: "/s", bytes: [0xFF, 0xFE]))
        #expect(all.first?.hasPrefix("/s:1:1: it is not UTF-8") == true, "\(all)")
    }

    // MARK: Variables of sbatch

    @Test func `a variable of sbatch stands above a default and below the study file`() throws {
        let site = file("slurm: {account: site, partition: site}")
        let parsed = try study(["slurm": "slurm: {partition: own}"], site)
        let variables = SbatchVariables(["SBATCH_ACCOUNT": "shell", "SBATCH_PARTITION": "shell"])
        let options = variables.filling(parsed.spec.batch)
        #expect(options.account == "shell")
        #expect(options.partition == "own")
    }

    @Test func `a variable sets aside a default that sbatch would not take beside it`() throws {
        let parsed = try study(["slurm": ""], file("slurm: {mem: 4G, gres: gpu:1}"))
        let variables = SbatchVariables(["SBATCH_MEM_PER_CPU": "1G", "SBATCH_GPUS": "2"])
        let options = variables.filling(parsed.spec.batch)
        #expect(options.memoryMiB == nil && options.memoryPerCPUMiB == 1_024)
        #expect(options.gres == nil && options.gpus == "2")
    }

    @Test func `a variable that cannot be used leaves the default`() throws {
        let parsed = try study(["slurm": ""], file("slurm: {time: 7}"))
        #expect(SbatchVariables(["SBATCH_TIMELIMIT": "soon"]).filling(parsed.spec.batch).timeMinutes == 7)
    }

    // MARK: Studies that were begun

    @Test func `a study that was begun keeps what it was begun with where defaults change`() throws {
        let begun = try study(
            ["slurm": "", "parallel": "", "max_retries": ""],
            file("slurm: {account: old, mem: 1G}\nparallel: 3")
        ).spec
        let parsed = try study(
            ["slurm": "", "parallel": "", "max_retries": ""],
            file("slurm: {account: new, gres: gpu:1}\nparallel: 5\nmax_retries: 9"))
        var spec = parsed.spec
        let kept = spec.keep(from: begun, unless: parsed.named)
        #expect(spec == begun)
        #expect(kept.count == 5, "\(kept)")
        #expect(kept.contains("the study goes on with the 'slurm.account' that it was begun with"))
        #expect(spec.batch.defaults.names == ["account", "mem"])
    }

    @Test func `what the file has named before, and names no longer, has its default`() throws {
        let begun = try study(["slurm": "slurm: {account: a, mem: 1G}", "parallel": "parallel: 3"]).spec
        let parsed = try study(["slurm": "slurm: {mem: 1G}", "parallel": ""])
        let last = NamedSettings(text: "slurm: {account: a, mem: 1G}\nparallel: 3\n")
        var spec = parsed.spec
        #expect(spec.keep(from: begun, unless: parsed.named.joined(with: last)) == [])
        #expect(spec == parsed.spec && spec.batch.account == nil && spec.plan.parallel == 4)
        #expect(parsed.named.joined(with: nil) == parsed.named)
        #expect(NamedSettings(text: "{") == nil)
        let all = NamedSettings(allBut: ["parallel"])
        #expect(!all.has("parallel") && all.joined(with: last).has("parallel"))
    }

    @Test func `what the study file names is another study`() throws {
        let begun = try study(["slurm": "slurm: {account: a}"]).spec
        let parsed = try study(["slurm": "slurm: {account: b}"])
        var spec = parsed.spec
        #expect(spec.keep(from: begun, unless: parsed.named) == [])
        #expect(spec != begun)
    }

    @Test func `a default that moves into the study file is the same study`() throws {
        let begun = try study(["slurm": ""], file("slurm: {account: a}")).spec
        let moved = try study(["slurm": "slurm: {account: a}"]).spec
        #expect(moved == begun)
    }

    // MARK: Settings

    @Test func `cluster, limits and notify are no part of the study`() throws {
        let plain = try study([:])
        let told = try study([
            "cluster": "cluster: slurm-commands",
            "limits": "limits: {submissions_per_hour: 20, queued_tasks: 99, files: 5000, task_minutes: 10}",
            "notify": "notify: {command: [mail, me], on: [best, done]}",
        ])
        #expect(told.spec == plain.spec)
        #expect(plain.settings == RunSettings())
        #expect(told.settings.cluster == .slurmCommands)
        #expect(
            told.settings.limits
                == RequestLimits(submissionsPerHour: 20, queuedTasks: 99, files: 5_000, taskMinutes: 10))
        #expect(plain.notes.isEmpty && told.notes.isEmpty)
        #expect(
            told.settings.notify == NotifyRule(command: ["mail", "me"], kinds: [.best, .done]))
    }

    @Test func `a study says of what it wants news, and the site by which command`() throws {
        let parsed = try study(
            ["notify": "notify: {on: [done]}"], file("notify: {command: [/opt/tell]}\ncluster: local"))
        #expect(parsed.settings.notify == NotifyRule(command: ["/opt/tell"], kinds: [.done]))
        #expect(parsed.settings.cluster == .local)
        #expect(!parsed.named.has("cluster"))
    }

    @Test(arguments: [
        ("cluster: clowd", "cluster"), ("limits: {submissions_per_hour: 0}", "limits.submissions_per_hour"),
        ("limits: {files: 10}", "limits.files"), ("notify: {on: [done]}", "notify.command"),
        ("notify: {command: []}", "notify.command"), ("notify: {command: [a], on: []}", "notify.on"),
        ("notify: {command: [a], on: [ever]}", "notify.on[0]"),
        ("notify: {command: [\"\"]}", "notify.command[0]"),
    ])
    func `what cannot be is refused with its field`(line: String, field: String) throws {
        let all = mistakes([String(line.prefix { $0 != ":" }): line])
        #expect(all.count == 1 && all[0].contains(": \(field): "), "\(all)")
    }

    @Test func `a study of the time before defaults can be read`() throws {
        let begun = try study(["slurm": "slurm: {account: a}"]).spec
        let text = try JSONEncoder().encode(begun)
        #expect(!String(decoding: text, as: UTF8.self).contains("defaults"))
        #expect(try JSONDecoder().decode(StudySpec.self, from: text) == begun)
    }
}
