import StudyFile
import Testing

@testable import Doctor

/// Adding defaults to a file that a person wrote.
@Suite struct SiteTextTests {
    private func added(_ text: String, _ settings: (String, String)...) -> SiteText {
        var file = SiteText(text, path: "site.yaml")
        file.add(settings.map { (field: $0.0, value: $0.1) }, remark: "")
        return file
    }

    @Test func `sections are made, and filled`() {
        let file = added(
            "# mine\n", ("slurm.partition", "cpu"), ("slurm.time", "\"00:10:00\""), ("parallel", "3"),
            ("limits.queued_tasks", "9"))
        #expect(
            file.text == """
                # mine
                slurm:
                  time: "00:10:00"
                  partition: cpu
                parallel: 3
                limits:
                  queued_tasks: 9

                """)
        #expect(file.outcomes.map(\.outcome) == [.added, .added, .added, .added])
    }

    @Test(arguments: [
        ("slurm: {account: lab}  # ours\n", "slurm: {partition: cpu, account: lab}  # ours\n"),
        ("slurm: {}\n", "slurm: {partition: cpu}\n"),
        (
            "slurm:\n    # the lab's\n    account: lab\n",
            "slurm:\n    partition: cpu\n    # the lab's\n    account: lab\n"
        ),
        ("slurm: {account: lab,\n  qos: a}\n", "slurm: {partition: cpu, account: lab,\n  qos: a}\n"),
    ])
    func `what stands there stays as it is`(text: String, result: String) {
        #expect(added(text, ("slurm.partition", "cpu")).text == result)
    }

    @Test func `another value is kept, and told with its line`() {
        let file = added(
            "slurm:\n  partition: gpu\nparallel: 3\n", ("slurm.partition", "cpu"), ("parallel", "3"))
        #expect(file.text == "slurm:\n  partition: gpu\nparallel: 3\n")
        #expect(file.outcomes.map(\.outcome) == [.kept("gpu", line: 2), .same])
    }

    @Test(arguments: [
        "slurm:\n  {account: lab}\n", "\"slurm\": {account: lab}\n", "slurm: &a {account: lab}\n",
        "slurm: {environment: {A: \"{\"}}\n", "slurm:\n", "slurm: null\n",
    ])
    func `a form that cannot be added to is left as it was`(text: String) {
        let file = added(text, ("slurm.partition", "cpu"))
        let isAdded = file.outcomes.map(\.outcome) == [.added]
        #expect(isAdded || file.text == text)
        if isAdded {
            let values = SiteFile(path: "", bytes: Array(file.text.utf8)).values
            #expect(values.contains { $0.field == "slurm.partition" && $0.value == "cpu" })
        }
    }

    @Test func `words that YAML reads otherwise are put in quotes`() {
        #expect(YAMLText.value("lab-2.x") == "lab-2.x")
        #expect(YAMLText.value("no") == "\"no\"")
        #expect(YAMLText.value("12") == "\"12\"")
        #expect(YAMLText.value("a b\"") == "\"a b\\\"\"")
    }

    @Test func `of several numbers for a field the lowest is advised`() {
        let findings = [
            Finding("a", .note, "", advice: [.setting("parallel", "3"), .setting("slurm.qos", "a")]),
            Finding("b", .note, "", advice: [.setting("parallel", "2"), .setting("slurm.qos", "b")]),
        ]
        #expect(findings.settings.map { "\($0.field)=\($0.value)" } == ["parallel=2", "slurm.qos=a"])
    }
}
