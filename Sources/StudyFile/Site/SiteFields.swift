/// Which fields of a study file a file of defaults may have, and why not the others.
enum SiteFields {
    /// The message for a field that belongs in a study file, as (problem, fix).
    static func reason(_ name: String) -> (problem: String, fix: String)? {
        guard Section.study.field(name) != nil else { return nil }
        return (
            "'\(name)' describes what is tuned, and a default of a site or a user would change studies unnoticed",
            "move it to the study file"
        )
    }

    /// Fields within the sections, each with the reason.
    private static let refused: [(section: String, name: String, reason: String)] = [
        (
            "execution", "slots_per_task",
            "how many trials share a task depends on what one needs, which only the study knows"
        ),
        ("checkpoints", "keep", "which checkpoints are kept is a part of the study"),
        ("checkpoints", "every", "how often training code saves is a part of the study"),
        ("slurm", "leave_seconds", "it belongs to the study's 'time'"),
        ("slurm", "export", "'environment' says the same, and adds up over the files"),
    ]

    /// Notes fields within sections that do not belong here.
    static func check(_ fields: SectionCursor) {
        for (section, name, reason) in refused {
            guard let cursor = fields[section] else { continue }
            for entry in cursor.value.entries where entry.key.replacing("-", with: "_") == name {
                cursor.findings.mistake(
                    at: entry.place, "\(section).\(name)", reason, fix: "move it to the study file")
            }
        }
    }
}

extension Section {
    /// A file of defaults.
    static let site = Section(
        name: "site",
        fields: [
            "parallel", "max_retries", "max_failures", "settle_seconds", "execution", "checkpoints",
            "slurm", "cluster", "limits", "notify",
        ].compactMap { Section.study.field($0) })
}
