/// What a task is started with.
package struct TaskArguments: Hashable, Sendable {
    /// The study's directory.
    package var study: String
    /// The array's token, as it was given.
    package var token: String
    /// The task's index; `nil`: the cluster's variables say it.
    package var index: Int?
    /// The task's time limit in seconds; `nil`: none, or not known.
    package var timeLimit: Int?
    /// How many seconds before its end the command is told to save and leave; `nil`: as by default.
    package var leaveSeconds: Int?
    /// Which line of the study's setup failed, and how, in a sentence; `nil`: the setup is done.
    package var setupFailure: String?

    /// Arguments from their parts.
    package init(
        study: String, token: String, index: Int? = nil, timeLimit: Int? = nil, leaveSeconds: Int? = nil,
        setupFailure: String? = nil
    ) {
        self.study = study
        self.token = token
        self.index = index
        self.timeLimit = timeLimit
        self.leaveSeconds = leaveSeconds
        self.setupFailure = setupFailure
    }
}

extension TaskArguments {
    /// Reads the arguments as stune's own batch scripts write them; `nil`: ask ArgumentParser, which knows help and
    /// mistakes, and takes a fifth of the time of a task that does nothing.
    package init?(plain arguments: ArraySlice<String>) {
        guard arguments.first == "run" else { return nil }
        var values: [String: String] = [:]
        var rest = arguments.dropFirst()
        while let name = rest.popFirst() {
            guard name.hasPrefix("--"), let value = rest.popFirst(), !value.hasPrefix("-"),
                values.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        guard let study = values.removeValue(forKey: "--study"),
            let token = values.removeValue(forKey: "--token")
        else { return nil }
        self.init(
            study: study, token: token, setupFailure: values.removeValue(forKey: "--setup-failure"))
        for (name, value) in values {
            guard let number = Int(value) else { return nil }
            switch name {
            case "--index": index = number
            case "--time-limit": timeLimit = number
            case "--leave-seconds": leaveSeconds = number
            default: return nil
            }
        }
    }
}
