/// Options of sbatch that stune decides itself or does not use, with the reason and the alternative.
enum RefusedOptions {
    /// The reason and the fix for an option, by its name with underscores; `nil` if it is not one of them.
    static func reason(_ name: String) -> (problem: String, fix: String)? {
        guard let entry = table.first(where: { $0.names.contains(name) }) else { return nil }
        return ("stune does not pass this on: \(entry.reason)", entry.fix)
    }

    private static let table: [(names: [String], reason: String, fix: String)] = [
        (
            ["array"], "every rung is a job array with one task for each trial",
            "remove it; 'parallel' says how many tasks may be in flight"
        ),
        (
            ["job_name"], "stune puts the study and the rung into the job's name",
            "remove it; 'name' at the top of the file names the study"
        ),
        (
            ["output", "error", "open_mode"],
            "each attempt has separate files for its output",
            "remove it; 'stune logs' shows the output"
        ),
        (
            ["input"], "the training command reads from /dev/null",
            "remove it, and name the file in 'command'"
        ),
        (
            ["chdir", "workdir"], "the command starts in the study file's directory",
            "remove it, or write [env, --chdir=DIR, …] in 'command'"
        ),
        (
            ["wrap"], "a task runs the worker, and the worker runs the command",
            "remove it, and use 'command'"
        ),
        (
            ["dependency", "kill_on_invalid_dep", "hold", "begin", "deadline"],
            "it decides when a task is worth running",
            "remove it, and give the option to the controller's job"
        ),
        (
            ["requeue", "no_requeue"], "it decides which attempts are repeated",
            "remove it; 'max_retries' says how often"
        ),
        (
            ["signal"], "the worker watches the time limit",
            "remove it; 'leave_seconds' says how long before the limit the file that STUNE_LEAVE names appears"
        ),
        (
            ["mail_type", "mail_user"], "a study has hundreds of tasks, and would send as many mails",
            "remove it, and give the option to the controller's job"
        ),
        (
            ["cluster", "clusters"], "tasks run where the controller's libslurm submits them",
            "remove it, and run the controller on that cluster"
        ),
        (
            ["export_file", "get_user_env"], "tasks start with the controller's environment",
            "remove it, and use 'environment' or lines of 'setup'"
        ),
        (
            ["test_only", "wait", "parsable", "quiet", "verbose", "help", "usage", "version"],
            "it calls no sbatch", "remove it"
        ),
    ]
}
