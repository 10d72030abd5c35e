/// Writes a drawing as Scalable Vector Graphics (SVG 1.1).
package enum SVG {
    /// The file's text.
    package static func text(_ drawing: Drawing) -> String {
        let (width, height) = (number(drawing.width), number(drawing.height))
        var clips: [Drawing.Rectangle] = []
        let shapes = drawing.shapes.map { element($0, &clips) }
        let definitions = clips.enumerated().map { index, clip in
            "<clipPath id=\"clip\(index)\"><rect x=\"\(number(clip.left))\" y=\"\(number(clip.top))\" width=\""
                + "\(number(clip.right - clip.left))\" height=\"\(number(clip.bottom - clip.top))\"/></clipPath>"
        }
        let lines =
            [
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 "
                    + "\(width) \(height)\" font-family=\"Helvetica, Arial, sans-serif\" fill=\"#333333\">",
                "<defs>\(definitions.joined())</defs>",
                "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>",
            ] + shapes + ["</svg>"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func element(_ shape: Drawing.Shape, _ clips: inout [Drawing.Rectangle]) -> String {
        switch shape {
        case .line(let points, let color, let width, let clip):
            return "<polyline points=\"\(list(points))\" fill=\"none\" stroke=\"\(hexadecimal(color))\" "
                + "stroke-width=\"\(number(width))\" stroke-linejoin=\"round\"\(reference(clip, &clips))/>"
        case .area(let points, let color, let opacity, let clip):
            return "<polygon points=\"\(list(points))\" fill=\"\(hexadecimal(color))\" fill-opacity=\""
                + "\(number(opacity))\"\(reference(clip, &clips))/>"
        case .text(let text, let point, let anchor, let size, let isUpright):
            let (x, y) = (number(point.x), number(point.y))
            let turn = isUpright ? " transform=\"rotate(-90 \(x) \(y))\"" : ""
            return
                "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(number(size))\" text-anchor=\"\(anchor.rawValue)\""
                + "\(turn)>\(escaped(text))</text>"
        }
    }

    private static func reference(_ clip: Drawing.Rectangle?, _ clips: inout [Drawing.Rectangle]) -> String
    {
        guard let clip else { return "" }
        let index = clips.firstIndex(of: clip) ?? clips.count
        if index == clips.count { clips.append(clip) }
        return " clip-path=\"url(#clip\(index))\""
    }

    private static func list(_ points: [Drawing.Point]) -> String {
        points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    }

    /// A number with at most two decimals.
    private static func number(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }

    private static func hexadecimal(_ color: Drawing.Color) -> String {
        "#"
            + [color.red, color.green, color.blue].map { part in
                (part < 16 ? "0" : "") + String(part, radix: 16)
            }.joined()
    }

    /// A text for XML, which does not allow most control characters.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case _
            where scalar.value < 32 || (127...159).contains(scalar.value)
                || (0xFFFE...0xFFFF).contains(scalar.value):
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
