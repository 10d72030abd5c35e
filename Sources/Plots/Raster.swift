/// Paints a drawing into pixels, with smooth edges.
struct Raster {
    let width: Int
    let height: Int
    /// Red, green and blue of each pixel, row by row from the top.
    private(set) var pixels: [UInt8]
    private let scale: Double
    /// How much of each pixel the shape covers that is being painted, and which rows it has touched.
    private var coverage: [Float]
    private var touched = 0..<0

    /// The parts that a row of pixels is cut into to find how much of each an area covers.
    private static let slices = 4

    /// Paints a drawing at so many pixels a point.
    init(_ drawing: Drawing, scale: Double) {
        width = Int((drawing.width * scale).rounded(.up))
        height = Int((drawing.height * scale).rounded(.up))
        self.scale = scale
        pixels = [UInt8](repeating: 255, count: 3 * width * height)
        coverage = [Float](repeating: 0, count: width * height)
        for shape in drawing.shapes { paint(shape) }
    }

    private mutating func paint(_ shape: Drawing.Shape) {
        switch shape {
        case .line(let points, let color, let width, let clip):
            cover(line: points.map(scaled), radius: width * scale / 2)
            blend(color, opacity: 1, clip)
        case .area(let points, let color, let opacity, let clip):
            cover(area: points.map(scaled))
            blend(color, opacity: opacity, clip)
        case .text(let text, let point, let anchor, let size, let isUpright):
            let (strokes, columns) = StrokeFont.strokes(text)
            let unit = size * 0.72 / StrokeFont.capHeight
            let shift: Double =
                switch anchor {
                case .start: 0
                case .middle: columns / 2
                case .end: columns
                }
            for stroke in strokes {
                let places = stroke.map { place in
                    let along = (place.column - shift) * unit
                    let above = (place.row - StrokeFont.baseLine) * unit
                    return scaled(
                        isUpright
                            ? Drawing.Point(point.x - above, point.y - along)
                            : Drawing.Point(point.x + along, point.y - above))
                }
                cover(line: places, radius: size * scale * 0.05)
            }
            blend(Drawing.Color(0x333333), opacity: 1, nil)
        }
    }

    private func scaled(_ point: Drawing.Point) -> Drawing.Point {
        Drawing.Point(point.x * scale, point.y * scale)
    }

    // MARK: Coverage

    /// Covers what is nearer to a line than `radius`; a pixel at its edge in part.
    private mutating func cover(line points: [Drawing.Point], radius: Double) {
        if points.count == 1 { return cover(from: points[0], to: points[0], radius) }
        for (from, to) in zip(points, points.dropFirst()) { cover(from: from, to: to, radius) }
    }

    private mutating func cover(from: Drawing.Point, to: Drawing.Point, _ radius: Double) {
        let reach = radius + 1
        let columns = clamped(min(from.x, to.x) - reach, max(from.x, to.x) + reach, width)
        let rows = clamped(min(from.y, to.y) - reach, max(from.y, to.y) + reach, height)
        touch(rows)
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let square = dx * dx + dy * dy
        for row in rows {
            for column in columns {
                let (x, y) = (Double(column) + 0.5 - from.x, Double(row) + 0.5 - from.y)
                let along = square == 0 ? 0 : min(max((x * dx + y * dy) / square, 0), 1)
                let (ex, ey) = (x - along * dx, y - along * dy)
                let share = min(max(radius + 0.5 - (ex * ex + ey * ey).squareRoot(), 0), 1)
                let index = row * width + column
                coverage[index] = max(coverage[index], Float(share))
            }
        }
    }

    /// Covers what is within a closed line, by the even-odd rule: in each slice of a row from one crossing to the next.
    private mutating func cover(area points: [Drawing.Point]) {
        guard let first = points.first else { return }
        let rows = clamped(points.map(\.y).min() ?? 0, (points.map(\.y).max() ?? 0) + 1, height)
        touch(rows)
        let edges = zip(points, points.dropFirst() + [first]).filter { $0.y != $1.y }
        for row in rows {
            for slice in 0..<Raster.slices {
                let y = Double(row) + (Double(slice) + 0.5) / Double(Raster.slices)
                let crossings = edges.compactMap { from, to -> Double? in
                    guard (from.y <= y) != (to.y <= y) else { return nil }
                    return from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x)
                }.sorted()
                for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                    coverSpan(crossings[pair], crossings[pair + 1], row)
                }
            }
        }
    }

    private mutating func coverSpan(_ left: Double, _ right: Double, _ row: Int) {
        for column in clamped(left, right + 1, width) {
            let part = min(right, Double(column + 1)) - max(left, Double(column))
            if part > 0 { coverage[row * width + column] += Float(part) / Float(Raster.slices) }
        }
    }

    /// The pixels from one place to another, as far as there are any.
    private func clamped(_ low: Double, _ high: Double, _ count: Int) -> Range<Int> {
        let first = Int(min(max(low.rounded(.down), 0), Double(count)))
        return first..<max(first, Int(min(max(high.rounded(.up), 0), Double(count))))
    }

    private mutating func touch(_ rows: Range<Int>) {
        touched =
            touched.isEmpty
            ? rows : min(touched.lowerBound, rows.lowerBound)..<max(touched.upperBound, rows.upperBound)
    }

    /// Lays a colour over what is covered, and begins anew.
    private mutating func blend(_ color: Drawing.Color, opacity: Double, _ clip: Drawing.Rectangle?) {
        let columns = clip.map { clamped(($0.left * scale).rounded(), ($0.right * scale).rounded(), width) }
        let rows = clip.map { clamped(($0.top * scale).rounded(), ($0.bottom * scale).rounded(), height) }
        let ink = [color.red, color.green, color.blue].map(Float.init)
        for row in touched {
            for column in 0..<width {
                let index = row * width + column
                let share = min(coverage[index], 1) * Float(opacity)
                coverage[index] = 0
                guard share > 0, rows?.contains(row) ?? true, columns?.contains(column) ?? true else {
                    continue
                }
                for part in 0..<3 {
                    let below = Float(pixels[3 * index + part])
                    pixels[3 * index + part] = UInt8((below + (ink[part] - below) * share).rounded())
                }
            }
        }
        touched = 0..<0
    }
}
