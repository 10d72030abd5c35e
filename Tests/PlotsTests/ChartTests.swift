import Testing

@testable import Plots

/// Charts as shapes, as text and as pixels.
@Suite struct ChartTests {
    static let chart = Chart(
        title: "a < b & \"c\"", valueLabel: "best loss so far", isLowBetter: true, target: 0.2,
        series: [
            Chart.Series(
                name: "one",
                stairs: [
                    Chart.Stair(seconds: 1, lower: nil, median: nil, upper: nil),
                    Chart.Stair(seconds: 2, lower: 0.5, median: 1, upper: nil),
                    Chart.Stair(seconds: 60, lower: 0.1, median: 0.2, upper: 0.3),
                ], end: 600),
            Chart.Series(name: "none", stairs: [], end: 0),
        ])

    @Test(
        arguments: [
            (0.0...1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            (-0.25...0.25, ["-0.2", "-0.1", "0", "0.1", "0.2"]),
            (0...7_000, ["0", "1000", "2000", "3000", "4000", "5000", "6000", "7000"]),
            (
                0.00012...0.00019,
                ["0.00012", "0.00013", "0.00014", "0.00015", "0.00016", "0.00017", "0.00018", "0.00019"]
            ),
            (5...5, []),
        ])
    func `values have round marks`(range: ClosedRange<Double>, labels: [String]) {
        #expect(Ticks.linear(range, about: 7).map(\.label) == labels)
    }

    @Test(
        arguments: [
            (0.5, "0.5 s"), (1, "1 s"), (90, "1.5 min"), (600, "10 min"), (3_600, "1 h"), (86_400, "1 d"),
            (0.30000000000000004, "0.3 s"),
        ])
    func `times are named in the largest unit that fits`(seconds: Double, label: String) {
        #expect(TimeScale.tick(seconds).label == label)
    }

    @Test func `a long time is shown by its logarithm, a short one as it is`() {
        let long = TimeScale(first: 1, last: 10_000)
        #expect(abs(long.share(100) - 0.5) < 1e-12)
        #expect(abs(long.moment(0.5) - 100) < 1e-9)
        #expect(long.ticks(width: 700).map(\.label) == ["1 s", "10 s", "1 min", "10 min", "1 h"])
        let short = TimeScale(first: 5, last: 50)
        #expect(short.share(25) == 0.5)
        #expect(short.ticks(width: 700).map(\.label) == ["0 s", "10 s", "20 s", "30 s", "40 s", "50 s"])
    }

    @Test(arguments: [0.0, 1e-9, 1e12, .infinity])
    func `no time is too strange for an axis`(last: Double) {
        let scale = TimeScale(first: 0, last: last)
        #expect(scale.ticks(width: 700).allSatisfy { (0...1.001).contains(scale.share($0.seconds)) })
    }

    @Test func `an SVG holds its texts as texts`() {
        let text = SVG.text(Self.chart.drawing())
        #expect(text.hasPrefix("<?xml"))
        #expect(text.hasSuffix("</svg>\n"))
        #expect(text.contains(">a &lt; b &amp; &quot;c&quot;</text>"))
        #expect(text.contains(">best loss so far</text>"))
        #expect(text.contains(">one</text>"))
        #expect(!text.contains("nan") && !text.contains("inf"))
        #expect(text == SVG.text(Self.chart.drawing()))
    }

    @Test func `lines, bands and the target stand where their values are`() throws {
        let drawing = Self.chart.drawing()
        let lines = drawing.shapes.compactMap { shape -> [Drawing.Point]? in
            guard case .line(let points, _, width: 2, let clip) = shape, clip != nil else { return nil }
            return points
        }
        let line = try #require(lines.first)
        #expect(lines.count == 1)
        #expect(line.count == 4)
        // The median falls from 1 to 0.2, so the line goes down; the target is where it ends.
        #expect(line[1].y < line[2].y)
        #expect(line[1].x == line[2].x)
        let targets = drawing.shapes.compactMap { shape -> Double? in
            guard case .line(let points, _, width: 1, let clip) = shape, clip != nil else { return nil }
            return points[0].y
        }
        #expect(targets == [line[3].y])
    }

    @Test func `stairs that nobody could tell apart are one, and the last value holds`() throws {
        let steps = 100_000
        let stairs = (1...steps).map {
            let value = 1 / Double($0)
            return Chart.Stair(seconds: Double($0), lower: value, median: value, upper: value)
        }
        let fine = Chart(
            title: "", valueLabel: "x", isLowBetter: true, target: nil,
            series: [Chart.Series(name: "fine", stairs: stairs, end: Double(steps) + 1)])
        let lines = fine.drawing().shapes.compactMap { shape -> [Drawing.Point]? in
            guard case .line(let points, _, width: 2, let clip) = shape, clip != nil else { return nil }
            return points
        }
        let line = try #require(lines.first)
        #expect((100..<1_000).contains(line.count), "\(line.count) points")
        #expect(zip(line, line.dropFirst()).allSatisfy { $0.x <= $1.x && $0.y <= $1.y })
        #expect(SVG.text(fine.drawing()).utf8.count < 50_000)
    }

    @Test func `a chart without anything is a frame`() {
        let empty = Chart(title: "", valueLabel: "x", isLowBetter: false, target: nil, series: [])
        #expect(SVG.text(empty.drawing()).contains("<polyline"))
    }

    @Test func `values beyond all measure stay within numbers`() {
        let wild = Chart(
            title: "wild", valueLabel: "x", isLowBetter: true, target: nil,
            series: [
                Chart.Series(
                    name: "wild",
                    stairs: [
                        Chart.Stair(seconds: 1e-300, lower: -1e308, median: 1e308, upper: 1e308),
                        Chart.Stair(seconds: 1, lower: -1e308, median: 0, upper: 1e308),
                    ], end: 1e300)
            ])
        let text = SVG.text(wild.drawing())
        #expect(!text.contains("nan") && !text.contains("inf"))
    }
}
