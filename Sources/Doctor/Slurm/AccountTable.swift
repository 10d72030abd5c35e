/// A table from `sacctmgr --parsable2`: a line of titles, then a line for each row. Titles differ a little between
/// versions, the set of columns differs more.
struct AccountTable {
    /// The rows by title, in lower case without spaces, such as `maxsubmit`.
    let rows: [[String: String]]

    /// A printed table.
    init(_ printed: String) {
        let lines = printed.split(whereSeparator: \.isNewline).map {
            $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        }
        guard let titles = lines.first else {
            rows = []
            return
        }
        let names = titles.map { $0.lowercased().filter { $0 != " " } }
        rows = lines.dropFirst().map { cells in
            Dictionary(zip(names, cells)) { first, _ in first }
        }
    }
}

/// What an account allows a user on a cluster; without a user, all its users together.
package struct Association: Hashable, Sendable {
    /// The account, the user (empty: all), and the partition (empty: any).
    var account, user, partition: String
    /// The allowed QOS, and the default QOS; empty if not given.
    var qos: [String]
    var defaultQOS: String
    /// The limits.
    var limits: SlurmLimits

    /// The associations of a printed table.
    package static func all(_ printed: String, cluster: String? = nil) -> [Association] {
        AccountTable(printed).rows.filter { row in
            guard let cluster, let own = row["cluster"] else { return true }
            return own.lowercased() == cluster.lowercased()
        }.map { row in
            Association(
                account: row["account"] ?? "", user: row["user"] ?? "", partition: row["partition"] ?? "",
                qos: SlurmText.list(row["qos"]), defaultQOS: row["defqos"] ?? row["defaultqos"] ?? "",
                limits: SlurmLimits(association: row))
        }
    }
}

/// A quality of service.
package struct QualityOfService: Hashable, Sendable {
    /// Its name.
    var name: String
    /// Whether a job above a limit is refused instead of waiting.
    var deniesOnLimit: Bool
    /// The limits.
    var limits: SlurmLimits

    /// The QOS of a printed table.
    package static func all(_ printed: String) -> [QualityOfService] {
        AccountTable(printed).rows.map { row in
            QualityOfService(
                name: row["name"] ?? "", deniesOnLimit: (row["flags"] ?? "").contains("DenyOnLimit"),
                limits: SlurmLimits(qos: row))
        }
    }
}

/// The limits of an association or a QOS; `nil` for no limit.
package struct SlurmLimits: Hashable, Sendable {
    /// How many of a user's jobs may run, and how many may be in the queue (waiting or running).
    var running, queued: Int?
    /// The minutes of a job.
    var minutes: Int?
    /// The resources of a job, and of all of a user's jobs together, as printed.
    var ofJob, ofUser: String?
    /// How many jobs of all users together may run, and how many may be in the queue.
    var groupRunning, groupQueued: Int?
    var groupResources: String?

    init(association row: [String: String]) {
        running = SlurmText.number(row["maxjobs"])
        queued = SlurmText.number(row["maxsubmit"] ?? row["maxsubmitjobs"])
        minutes = SlurmText.minutes(row["maxwall"])
        ofJob = SlurmText.value(row["maxtres"])
        groupRunning = SlurmText.number(row["grpjobs"])
        groupQueued = SlurmText.number(row["grpsubmit"] ?? row["grpsubmitjobs"])
        groupResources = SlurmText.value(row["grptres"])
    }

    init(qos row: [String: String]) {
        running = SlurmText.number(row["maxjobspu"] ?? row["maxjobsperuser"])
        queued = SlurmText.number(
            row["maxsubmitpu"] ?? row["maxsubmitjobspu"] ?? row["maxsubmitjobsperuser"])
        minutes = SlurmText.minutes(row["maxwall"])
        ofJob = SlurmText.value(row["maxtres"])
        ofUser = SlurmText.value(row["maxtrespu"] ?? row["maxtresperuser"])
        let account = [row["grpjobs"], row["maxjobspa"] ?? row["maxjobspaccount"]].compactMap(
            SlurmText.number)
        groupRunning = account.min()
        let submits = [row["grpsubmit"], row["maxsubmitpa"] ?? row["maxsubmitjobspa"]].compactMap(
            SlurmText.number)
        groupQueued = submits.min()
        groupResources = SlurmText.value(row["grptres"] ?? row["maxtrespa"])
    }
}
