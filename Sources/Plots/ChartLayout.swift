import RealModule

extension Chart {
    /// The chart as shapes.
    package func drawing() -> Drawing { ChartLayout(self).drawing() }
}

/// The position of every part of a chart.
struct ChartLayout {
    private let chart: Chart
    private let frame: Drawing.Rectangle
    private let times: TimeScale
    private let values: ClosedRange<Double>

    private static let width = 800.0
    private static let frameHeight = 400.0
    private static let rowHeight = 20.0
    /// Eight colours that colour-blind people can distinguish (Okabe and Ito 2008), the faint yellow last.
    private static let colors = [
        0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0x56B4E9, 0xE69F00, 0x000000, 0xB8A800,
    ].map { Drawing.Color($0) }
    private static let ink = Drawing.Color(0x333333)
    private static let pale = Drawing.Color(0xDDDDDD)

    init(_ chart: Chart) {
        self.chart = chart
        frame = Drawing.Rectangle(
            left: 80, top: 50, right: ChartLayout.width - 20, bottom: 50 + ChartLayout.frameHeight)
        let starts = chart.series.compactMap { $0.stairs.first { $0.median != nil }?.seconds }
        times = TimeScale(first: starts.min() ?? 1, last: chart.series.map(\.end).max() ?? 1)
        values = ChartLayout.values(of: chart, times)
    }

    /// The range of values to show: from the best to the 90th percentile of the medians. A study's first values are
    /// often so bad that they would flatten everything else.
    private static func values(of chart: Chart, _ times: TimeScale) -> ClosedRange<Double> {
        let sign = chart.isLowBetter ? 1.0 : -1.0
        var medians: [Double] = []
        var best = chart.target.map { sign * $0 } ?? .infinity
        for series in chart.series {
            for share in stride(from: 0.0, through: 1, by: 0.01) {
                guard let stair = series.stairs.last(where: { $0.seconds <= times.moment(share) }) else {
                    continue
                }
                if let median = stair.median { medians.append(sign * median) }
                for value in [stair.lower, stair.upper] {
                    if let value { best = min(best, sign * value) }
                }
            }
        }
        medians.sort()
        guard let first = medians.first else { return 0...1 }
        best = min(best, first)
        let worst = max(medians[medians.count * 9 / 10], best)
        let margin = max((worst - best) * 0.06, Double.leastNonzeroMagnitude, abs(best) * 1e-6)
        let (low, high) = (best - margin, worst + margin)
        return sign > 0 ? low...high : -high ... -low
    }

    func drawing() -> Drawing {
        let rows = Double(chart.series.count)
        var drawing = Drawing(
            width: ChartLayout.width, height: frame.bottom + 55 + rows * ChartLayout.rowHeight)
        drawing.shapes.append(text(chart.title, frame.left, 30, .start, size: 15))
        addAxes(to: &drawing)
        for (index, series) in chart.series.enumerated() {
            drawing.shapes.append(contentsOf: band(series, ChartLayout.color(index)))
        }
        if let target = chart.target { addTarget(target, to: &drawing) }
        for (index, series) in chart.series.enumerated() {
            drawing.shapes.append(contentsOf: line(series, ChartLayout.color(index)))
        }
        addFrame(to: &drawing)
        for (index, series) in chart.series.enumerated() {
            let y = frame.bottom + 62 + Double(index) * ChartLayout.rowHeight
            drawing.shapes.append(
                .line(
                    [Drawing.Point(frame.left, y - 4), Drawing.Point(frame.left + 28, y - 4)],
                    ChartLayout.color(index), width: 2, clip: nil))
            drawing.shapes.append(text(series.name, frame.left + 36, y, .start))
        }
        return drawing
    }

    private static func color(_ index: Int) -> Drawing.Color { colors[index % colors.count] }

    // MARK: Axes

    private func addAxes(to drawing: inout Drawing) {
        for tick in times.ticks(width: frame.right - frame.left) {
            let x = x(tick.seconds)
            drawing.shapes.append(grid(Drawing.Point(x, frame.top), Drawing.Point(x, frame.bottom)))
            drawing.shapes.append(text(tick.label, x, frame.bottom + 18, .middle))
        }
        for tick in Ticks.linear(values, about: 7) {
            let y = y(tick.value)
            drawing.shapes.append(grid(Drawing.Point(frame.left, y), Drawing.Point(frame.right, y)))
            drawing.shapes.append(text(tick.label, frame.left - 8, y + 4, .end))
        }
        let middle = (frame.left + frame.right) / 2
        drawing.shapes.append(text("time since the study's start", middle, frame.bottom + 38, .middle))
        drawing.shapes.append(
            .text(
                chart.valueLabel, Drawing.Point(18, (frame.top + frame.bottom) / 2),
                .middle,
                size: 12, isUpright: true))
    }

    private func addFrame(to drawing: inout Drawing) {
        let corners = [
            Drawing.Point(frame.left, frame.top), Drawing.Point(frame.right, frame.top),
            Drawing.Point(frame.right, frame.bottom), Drawing.Point(frame.left, frame.bottom),
            Drawing.Point(frame.left, frame.top),
        ]
        drawing.shapes.append(.line(corners, ChartLayout.ink, width: 1, clip: nil))
    }

    private func addTarget(_ target: Double, to drawing: inout Drawing) {
        let y = y(target)
        drawing.shapes.append(
            .line(
                [Drawing.Point(frame.left, y), Drawing.Point(frame.right, y)], ChartLayout.ink, width: 1,
                clip: frame))
        drawing.shapes.append(text("target", frame.right - 4, y - 4, .end))
    }

    private func grid(_ from: Drawing.Point, _ to: Drawing.Point) -> Drawing.Shape {
        .line([from, to], ChartLayout.pale, width: 1, clip: nil)
    }

    private func text(
        _ text: String, _ x: Double, _ y: Double, _ anchor: Drawing.Anchor, size: Double = 12
    ) -> Drawing.Shape {
        .text(text, Drawing.Point(x, y), anchor, size: size, isUpright: false)
    }

    // MARK: Series

    /// The steps that can be distinguished: of all that begin within a width of two points, the last.
    private func stairs(of series: Chart.Series) -> [Chart.Stair] {
        series.stairs.reduce(into: []) { shown, stair in
            if let last = shown.last, (x(last.seconds) / 2).rounded() == (x(stair.seconds) / 2).rounded() {
                shown.removeLast()
            }
            shown.append(stair)
        }
    }

    /// The medians as a step function.
    private func line(_ series: Chart.Series, _ color: Drawing.Color) -> [Drawing.Shape] {
        var points: [Drawing.Point] = []
        let stairs = stairs(of: series)
        for (index, stair) in stairs.enumerated() {
            guard let median = stair.median else { continue }
            let end = index + 1 < stairs.count ? stairs[index + 1].seconds : series.end
            points.append(Drawing.Point(x(stair.seconds), y(median)))
            points.append(Drawing.Point(x(max(end, stair.seconds)), y(median)))
        }
        return points.isEmpty ? [] : [.line(points, color, width: 2, clip: frame)]
    }

    /// The area between the quartiles. If the worse one is infinite, the area ends at the frame.
    private func band(_ series: Chart.Series, _ color: Drawing.Color) -> [Drawing.Shape] {
        var (upper, lower): ([Drawing.Point], [Drawing.Point]) = ([], [])
        let stairs = stairs(of: series)
        for (index, stair) in stairs.enumerated() where stair.median != nil {
            let end = index + 1 < stairs.count ? stairs[index + 1].seconds : series.end
            let (left, right) = (x(stair.seconds), x(max(end, stair.seconds)))
            let top = stair.upper.map(y) ?? frame.top
            let bottom = stair.lower.map(y) ?? frame.bottom
            upper += [Drawing.Point(left, top), Drawing.Point(right, top)]
            lower += [Drawing.Point(left, bottom), Drawing.Point(right, bottom)]
        }
        return upper.isEmpty ? [] : [.area(upper + lower.reversed(), color, opacity: 0.16, clip: frame)]
    }

    private func x(_ seconds: Double) -> Double {
        frame.left + times.share(seconds) * (frame.right - frame.left)
    }

    /// The vertical position, cut far outside of the frame, so that no number is too large.
    private func y(_ value: Double) -> Double {
        let share = (value - values.lowerBound) / (values.upperBound - values.lowerBound)
        return frame.bottom - min(max(share, -10), 10) * (frame.bottom - frame.top)
    }
}
