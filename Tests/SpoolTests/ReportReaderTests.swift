import Testing

@testable import Spool

struct ReportReaderTests {
    private func read(
        _ kind: ReportSource.Kind, _ text: String, resource: String = "resource", _ lines: [String]
    ) throws -> [ReportReader.Reading] {
        var reader = try ReportReader(
            ReportSource(kind: kind, text: text, resource: resource), metrics: ["loss"])
        return lines.map { reader.read(Array($0.utf8)) }
    }

    private func report(
        _ resource: Int, _ metrics: [String: Double], _ nonFinite: [String: String] = [:]
    ) -> ReportReader.Reading { .report(resource: resource, metrics: metrics, nonFinite: nonFinite) }

    @Test func `lines that match are reports, and others are nothing`() throws {
        let found = try read(
            .stdout, #"step (?<resource>\d+).*loss=(?<loss>\S+)(?: acc=(?<acc>\S+))?"#,
            [
                "starting", "step 1 loss=0.5", "step 2 loss=1e-3, acc=97%", "step 3 loss=nan",
                "step 4 loss=-inf",
                "step 5 loss=1.25D-02", "step 6 loss=bad", "step 7 loss=0.1\r",
            ])
        #expect(
            found == [
                .nothing, report(1, ["loss": 0.5]), report(2, ["loss": 0.001, "acc": 97]),
                report(3, [:], ["loss": "nan"]), report(4, [:], ["loss": "-inf"]),
                report(5, ["loss": 0.0125]),
                .unusable("the metric 'loss' is 'bad', which is not a number"), report(7, ["loss": 0.1]),
            ])
    }

    @Test(
        arguments: [
            ["step,loss,note", "1,0.5,first", "2,0.25,\"a, b\""],
            ["step;loss;note", "1;0.5;x", "2;0.25;y"],
            ["step\tloss\tnote", "1\t0.5\tx", "2\t0.25\ty"],
            ["# step loss note", " 1  0.5 x", " 2  0.25 y"],
            ["\"step\",\"loss\",\"note\"", "1.0,\"0.5\",x", "2, 0.25 ,y"],
            ["step,loss,note", "1,0.5,x", "step,loss,note", "2,0.25,y", ""],
        ])
    func `a table's columns are metrics by their names, whatever separates them`(lines: [String]) throws {
        let found = try read(.csv, "log.csv", resource: "step", lines).filter { $0 != .nothing }
        #expect(found == [report(1, ["loss": 0.5]), report(2, ["loss": 0.25])])
    }

    @Test func `a table without the column of the resource says once what it has`() throws {
        let found = try read(.csv, "log.csv", ["epoch,loss", "1,0.5", "2,0.4"])
        #expect(
            found == [
                .unusable("the header has no column 'resource'; it has: epoch, loss"), .nothing, .nothing,
            ])
    }

    @Test func `a row that is cut or has a resource that is no number is no report`() throws {
        let found = try read(.csv, "log.csv", ["resource,loss", "1", "x,0.5", "1.5,0.5", "3,"])
        #expect(
            found == [
                .nothing, .unusable("it has 1 cells, and the header 2"),
                .unusable("the resource 'x' is not a whole number"),
                .unusable("the resource '1.5' is not a whole number"),
                report(3, [:]),
            ])
    }

    @Test func `JSON lines are reports where they have the resource`() throws {
        let found = try read(
            .jsonl, "log.jsonl", resource: "epoch",
            [
                #"{"lr": 0.1}"#, #"{"epoch": 1, "loss": 0.5, "tags": ["a"], "name": "x"}"#, "",
                #"{"epoch": 2, "loss": "nan"}"#, "{broken", #"{"epoch": 3.0, "loss": 7}"#,
            ])
        #expect(found[0] == .nothing && found[2] == .nothing)
        #expect(found[1] == report(1, ["loss": 0.5]))
        #expect(found[3] == report(2, [:], ["loss": "nan"]))
        guard case .unusable = found[4] else { Issue.record("\(found[4])"); return }
        #expect(found[5] == report(3, ["loss": 7]))
    }

    @Test func `of a table wider than a report only the study's metrics are taken`() throws {
        let names = (0..<400).map { "c\($0)" }
        let found = try read(
            .csv, "log.csv",
            [
                (["resource", "loss"] + names).joined(separator: ","),
                (["1", "0.5"] + names.map { _ in "7" }).joined(separator: ","),
            ])
        #expect(found.last == report(1, ["loss": 0.5]))
    }
}
