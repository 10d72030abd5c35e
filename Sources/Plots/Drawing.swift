/// A picture as shapes, in points from the upper left corner. Each output format is written from it.
package struct Drawing: Hashable, Sendable {
    /// The width in points.
    package var width: Double
    /// The height in points.
    package var height: Double
    /// The shapes, from back to front.
    package var shapes: [Shape] = []

    /// A position in points.
    package struct Point: Hashable, Sendable {
        /// The distance from the left edge.
        package var x: Double
        /// The distance from the upper edge.
        package var y: Double

        /// A position.
        package init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// A rectangle in the picture.
    package struct Rectangle: Hashable, Sendable {
        /// The left edge.
        package var left: Double
        /// The upper edge.
        package var top: Double
        /// The right edge.
        package var right: Double
        /// The lower edge.
        package var bottom: Double
    }

    /// Red, green and blue, from 0 to 255.
    package struct Color: Hashable, Sendable {
        /// The share of red.
        package var red: UInt8
        /// The share of green.
        package var green: UInt8
        /// The share of blue.
        package var blue: UInt8

        /// A colour from its parts as 0xRRGGBB.
        package init(_ hexadecimal: UInt32) {
            red = UInt8(truncatingIfNeeded: hexadecimal >> 16)
            green = UInt8(truncatingIfNeeded: hexadecimal >> 8)
            blue = UInt8(truncatingIfNeeded: hexadecimal)
        }
    }

    /// Which part of a text is at its position.
    package enum Anchor: String, Hashable, Sendable {
        /// Its beginning.
        case start
        /// Its middle.
        case middle
        /// Its end.
        case end
    }

    /// A shape.
    package enum Shape: Hashable, Sendable {
        /// A line through these points.
        case line([Point], Color, width: Double, clip: Rectangle?)
        /// A filled area; opacity from 0 to 1.
        case area([Point], Color, opacity: Double, clip: Rectangle?)
        /// A text on one line; its base line is at the point. `isUpright`: it reads upwards.
        case text(String, Point, Anchor, size: Double, isUpright: Bool)
    }

    /// An empty picture.
    package init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }
}
