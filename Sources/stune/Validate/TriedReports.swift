import Foundation
import Spool
import StudyFile
import Tuning

/// Applies a study file's `reports` to a sample: a log of the program, or a file that it has written.
struct TriedReports {
    /// A report and its line.
    struct Report: Encodable {
        /// The line, from 1.
        var line: Int
        /// The resource; `nil` if the line looks like a report but cannot be used.
        var resource: Int?
        /// The metrics as text, because they may be `nan` and `inf`.
        var metrics: [String: String] = [:]
        /// What is wrong with it; `nil` if nothing is.
        var problem: String?
    }

    /// The reports, in the order of their lines.
    let reports: [Report]
    private let sample: String
    private let lineCount: Int

    /// How many bytes of a sample to read.
    private static let sampleBytes = 64 << 20

    /// Applies a study's `reports` to a sample.
    ///
    /// - Throws: an exit code of 2, after printing the reason.
    init(_ spec: StudySpec, sample: String) throws {
        guard let source = spec.reports else {
            throw complaint(
                "the study file has no 'reports', so there is nothing to try on '\(sample)'", code: 2)
        }
        let metrics = spec.plan.criteria.metrics
        let lines = try TriedReports.lines(of: sample)
        var reader = try ReportReader(source, metrics: metrics)
        var seen: Set<Int> = []
        reports = lines.enumerated().compactMap { index, line in
            switch reader.read(line) {
            case .nothing: return nil
            case .unusable(let why): return Report(line: index + 1, problem: why)
            case .report(let resource, let values, let nonFinite):
                var report = Report(line: index + 1, resource: resource)
                report.metrics = values.mapValues { Numbers.metric($0) }.merging(nonFinite) { $1 }
                if let missing = metrics.first(where: { report.metrics[$0] == nil }) {
                    report.problem = "it has no metric '\(missing)'"
                } else if !seen.insert(resource).inserted {
                    report.problem = "a second report at resource \(resource); the first one counts"
                }
                return report
            }
        }
        self.sample = sample
        lineCount = lines.count
    }

    private static func lines(of sample: String) throws -> [[UInt8]] {
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: sample))
            defer { try? handle.close() }
            let bytes = Array(try handle.read(upToCount: sampleBytes) ?? Data())
            // Split as the worker does: a carriage return ends a line, too, because progress bars use it.
            var lines = bytes.split(omittingEmptySubsequences: false) {
                $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
            }.map(Array.init)
            if lines.last?.isEmpty == true { lines.removeLast() }
            return lines
        } catch {
            throw complaint("'\(sample)' cannot be read: \(error.localizedDescription)", code: 2)
        }
    }

    /// The reports for people.
    var lines: [String] {
        let usable = reports.count { $0.problem == nil }
        return reports.map { report in
            let values = report.metrics.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let what =
                report.resource.map { "resource \($0): \(values.joined(separator: " "))" } ?? "no report"
            return "\(sample):\(report.line): \(what)" + (report.problem.map { " (\($0))" } ?? "")
        } + ["\(sample): \(usable) reports in \(lineCount) lines"]
    }

    /// - Throws: an exit code of 2 if the sample has no usable report.
    func demandReports() throws {
        guard !reports.contains(where: { $0.problem == nil }) else { return }
        throw complaint("'reports' finds no report in '\(sample)'", code: 2)
    }
}
