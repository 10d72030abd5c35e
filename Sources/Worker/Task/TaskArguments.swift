/// The arguments of a task.
package struct TaskArguments: Hashable, Sendable {
    /// The study's directory.
    package var study: String
    /// The array's token, as given.
    package var token: String
    /// The task's index; `nil` to take it from the cluster's variables.
    package var index: Int?
    /// The task's time limit in seconds; `nil` if there is none or it is not known.
    package var timeLimit: Int?
    /// How many seconds before its end the task asks its command to save and leave; `nil` for the default.
    package var leaveSeconds: Int?
    /// Which line of the study's setup failed, and how, as a sentence; `nil` if the setup succeeded.
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
    /// Reads the arguments in the form that stune's batch scripts use. `nil`: use ArgumentParser, which handles help
    /// and mistakes, but takes a fifth of the time of an empty task.
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
