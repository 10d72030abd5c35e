import Spool

/// Reads `slurm`.
struct BatchOptionsReader {
    /// The options that are given, and are not left to stune.
    private let fields: SectionCursor
    /// All options that are given.
    private let section: SectionCursor
    /// The options that are not the same for all tasks.
    private var choices: Set<String> = []

    private init(fields section: SectionCursor) {
        self.section = section
        let automatic = AutomaticReader.names.filter { name in
            section[name].map { AutomaticReader.isAutomatic($0.value) } == true
        }
        fields = section.without(Set(automatic))
    }

    /// The options; `nil` if it is not a mapping. Fields with mistakes are noted and left out.
    static func read(_ cursor: Cursor) -> BatchOptions? {
        SectionCursor(cursor, as: .slurm, other: RefusedOptions.reason).map { fields in
            BatchOptionsReader(fields: fields).options()
        }
    }

    /// What a section says.
    struct Result {
        /// The options, with the choices among them.
        var options = BatchOptions()
        /// What they come to for some configurations and rungs; one, where they are the same for all.
        var variants = [BatchOptions()]
    }

    /// The options, some of which may depend on parameters or rungs; `nil` when it is no mapping.
    ///
    /// - Parameter ground: what they may depend on; `nil` in a file of defaults.
    static func read(_ cursor: Cursor, on ground: OptionChoiceReader.Ground?) -> Result? {
        guard let all = SectionCursor(cursor, as: .slurm, other: RefusedOptions.reason) else { return nil }
        let chosen = Section.slurm.fields.filter { field in
            field.varies && all[field.name].map { OptionChoiceReader.isChoice($0.value) } == true
                && all[field.name].map { AutomaticReader.isAutomatic($0.value) } != true
        }.map(\.name)
        var reader = BatchOptionsReader(fields: all.without(Set(chosen)))
        reader.choices = Set(chosen)
        var options = reader.options()
        for name in chosen {
            options.choices.values[name] = all[name].flatMap(OptionChoiceReader(ground: ground).read)
        }
        // What has a mistake by itself would be told once more for each configuration.
        if !options.choices.isEmpty, !cursor.findings.hasMistakes, let parameters = ground?.parameters,
            let rungs = ground?.rungs
        {
            let checker = OptionChoiceChecker(
                choices: options.choices, section: all, parameters: parameters, rungs: rungs)
            return Result(options: options, variants: checker.check())
        }
        return Result(options: options, variants: [options])
    }

    /// The options of these texts, by name.
    static func read(_ texts: [String: String]) throws(InvalidOptions) -> BatchOptions {
        let start = TextPosition(line: 1, column: 1)
        let entries = texts.sorted { $0.key < $1.key }.map { name, text in
            YAMLValue.Entry(
                key: name, place: start,
                value: YAMLValue(content: .scalar(Scalar(text: text, isPlain: true)), place: start))
        }
        let findings = Findings(file: "")
        let value = YAMLValue(content: .mapping(entries), place: start)
        let options = read(Cursor(value: value, path: "slurm", findings: findings)) ?? BatchOptions()
        if let first = findings.invalid.mistakes.first {
            throw InvalidOptions(field: first.field, problem: first.problem, fix: first.fix)
        }
        return options
    }

    private func options() -> BatchOptions {
        var options = BatchOptions()
        readPlace(&options)
        readAutomatic(&options)
        readSize(&options)
        readMemory(&options)
        readGPUs(&options)
        readRest(&options)
        checkExclusions()
        return options
    }

    private func readPlace(_ options: inout BatchOptions) {
        options.partition = word("partition", "debug")
        options.account = word("account", "physics")
        options.qos = word("qos", "normal")
        options.constraint = word("constraint", "\"avx512&ib\"")
        options.reservation = word("reservation", "lecture")
        options.nodelist = word("nodelist", "n[1-4]")
        options.exclude = word("exclude", "n3")
        options.licenses = word("licenses", "matlab:1")
        options.exclusive = fields["exclusive"]?.flag() ?? false
    }

    /// What is left to stune.
    private func readAutomatic(_ options: inout BatchOptions) {
        if fields["time"] == nil { options.automatic.time = section["time"].flatMap(AutomaticReader.time) }
        guard fields["mem"] == nil, let memory = section["mem"] else { return }
        options.automatic.memory = AutomaticReader.memory(memory)
        fields["retry_mem_percent"]?.mistake(
            "'mem: auto' asks for twice the memory after a task ran out of it", fix: "remove this line")
    }

    private func readSize(_ options: inout BatchOptions) {
        options.timeMinutes = form("time", "\"00:10:00\"", SlurmForms.minutes)
        options.leaveSeconds = leaveSeconds(limit: options.timeMinutes)
        let nodes = form("nodes", "2", SlurmForms.nodes)
        options.minNodes = nodes?.lowerBound
        options.maxNodes = nodes?.upperBound
        options.ntasks = whole("ntasks")
        options.ntasksPerNode = whole("ntasks_per_node")
        options.cpusPerTask = whole("cpus_per_task")
    }

    private func leaveSeconds(limit: UInt32?) -> Int? {
        guard let seconds: Int = whole("leave_seconds") else { return nil }
        guard let limit, seconds > Int(limit) * 60 / LeaveTime.share else { return seconds }
        fields["leave_seconds"]?.mistake(
            "\(seconds) s are more than a third of the time limit, which is \(limit * 60) s",
            fix: "write at most \(Int(limit) * 60 / LeaveTime.share), or raise 'time'")
        return nil
    }

    private func readMemory(_ options: inout BatchOptions) {
        options.memoryMiB = form("mem", "500M") { text throws(SlurmForms.Refusal) in
            try SlurmForms.mebibytes(text, zeroIsAll: true)
        }
        options.memoryPerCPUMiB = memory("mem_per_cpu")
        options.memoryPerGPUMiB = memory("mem_per_gpu")
        options.retryMemoryPercent = whole("retry_mem_percent")
        let all = [
            options.memoryMiB, options.memoryPerCPUMiB, options.memoryPerGPUMiB,
            options.automatic.memory.map { UInt64($0.firstMebibytes) },
        ]
        let mayVary = !choices.isDisjoint(with: ["mem", "mem_per_cpu", "mem_per_gpu"])
        if options.retryMemoryPercent != nil, all.allSatisfy({ $0 == nil }), !mayVary {
            fields["retry_mem_percent"]?.mistake(
                "there is no memory to raise", fix: "say with 'mem' what the first try asks for")
        }
    }

    private func memory(_ name: String) -> UInt64? {
        form(name, "500M") { text throws(SlurmForms.Refusal) in
            try SlurmForms.mebibytes(text, zeroIsAll: false)
        }
    }

    private func readGPUs(_ options: inout BatchOptions) {
        options.gres = form("gres", "gpu:a100:2", SlurmForms.gres)
        options.gpus = form("gpus", "2", SlurmForms.gpus)
        options.gpusPerNode = form("gpus_per_node", "2", SlurmForms.gpus)
        options.gpusPerTask = form("gpus_per_task", "1", SlurmForms.gpus)
        options.cpusPerGPU = whole("cpus_per_gpu")
    }

    private func readRest(_ options: inout BatchOptions) {
        options.nice = whole("nice")
        options.comment = text("comment", "\"a note\"", limit: StudyFileLimits.commentBytes)
        let environment = EnvironmentReader.mapping(fields["environment"])
        let exported = EnvironmentReader.export(fields["export"])
        options.environment = environment.merging(exported) { stated, _ in stated }
        if let cursor = fields["export"] {
            for name in exported.keys.sorted() where environment[name] != nil {
                cursor.mistake(
                    "'\(shown(name))' is also in 'environment'", fix: "remove it from one of them")
            }
        }
        options.setup = setup()
    }

    // MARK: What excludes each other

    private func checkExclusions() {
        exclude(["mem", "mem_per_cpu", "mem_per_gpu"])
        exclude(["cpus_per_task", "cpus_per_gpu"])
    }

    /// Notes if more than one of these is given; sbatch accepts at most one.
    private func exclude(_ names: [String]) {
        let given = names.compactMap { name in section[name].map { (name, $0) } }
            .sorted { $0.1.value.place < $1.1.value.place }
        guard let (first, _) = given.first else { return }
        for (_, cursor) in given.dropFirst() {
            cursor.mistake(
                "Slurm takes only one of \(listed(names, "and")), and '\(first)' is set already",
                fix: "remove one of them")
        }
    }

    // MARK: Fields

    private func text(_ name: String, _ example: String, limit: Int) -> String? {
        guard let cursor = fields[name], let text = cursor.text(example: example) else { return nil }
        guard !text.isEmpty else {
            cursor.mistake("it is empty", fix: "write text such as \(example), or remove the line")
            return nil
        }
        guard text.utf8.count <= limit else {
            cursor.mistake("it has \(text.utf8.count) bytes, more than \(limit)", fix: "make it shorter")
            return nil
        }
        guard !text.unicodeScalars.contains(where: isUnprintable) else {
            cursor.mistake("'\(shown(text))' holds a control character", fix: "remove the character")
            return nil
        }
        return text
    }

    private func form<Value>(
        _ name: String, _ example: String, _ read: (String) throws(SlurmForms.Refusal) -> Value
    ) -> Value? {
        guard let text = text(name, example, limit: StudyFileLimits.slurmTextBytes) else { return nil }
        do throws(SlurmForms.Refusal) {
            return try read(text)
        } catch {
            fields[name]?.mistake(error.problem, fix: error.fix)
            return nil
        }
    }

    private func word(_ name: String, _ example: String) -> String? {
        form(name, example, SlurmForms.word)
    }

    /// A whole number in the range from the table, which fits its type.
    private func whole<Number: FixedWidthInteger>(_ name: String) -> Number? {
        guard let field = Section.slurm.field(name), case .whole(let range) = field.kind else { return nil }
        return fields[name]?.whole(range).flatMap(Number.init(exactly:))
    }

    private func setup() -> [String] {
        guard let cursor = fields["setup"] else { return [] }
        guard let items = cursor.list(example: "[\"module load python\"]") else { return [] }
        let lines = items.compactMap(setupLine)
        let bytes = lines.reduce(0) { $0 + $1.utf8.count + 1 }
        if items.count > StudyFileLimits.setupLines || bytes > StudyFileLimits.setupBytes {
            cursor.mistake(
                "it has \(items.count) lines with \(bytes) bytes, more than \(StudyFileLimits.setupLines) "
                    + "lines or \(StudyFileLimits.setupBytes) bytes",
                fix: "put them into a file, and write '. that-file' here")
        }
        return lines
    }

    private func setupLine(_ item: Cursor) -> String? {
        guard let line = item.text(example: "\"module load python\"") else { return nil }
        if line.hasPrefix("#SBATCH") {
            item.mistake(
                "an #SBATCH line has no effect here", fix: "give the option as a field of 'slurm'")
            return nil
        }
        if line.utf8.contains(0) {
            item.mistake("the line holds a zero byte", fix: "remove it")
            return nil
        }
        return line
    }
}
