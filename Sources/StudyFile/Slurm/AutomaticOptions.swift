/// What a study leaves to stune to choose for each task.
package struct AutomaticOptions: Hashable, Codable, Sendable {
    /// How the time limit is chosen; `nil`: it is not.
    package var time: Time?
    /// How the memory of each node is chosen; `nil`: it is not.
    package var memory: Memory?

    /// The time limit, from what trials have taken.
    package struct Time: Hashable, Codable, Sendable {
        /// The minutes of tasks while nothing is known, and the least of those that take one trial after the other; at
        /// least 1, at most `mostMinutes`.
        package var firstMinutes: Int
        /// How many times what was measured is asked for; at least 1.
        package var margin: Double
        /// The most minutes; at least 1.
        package var mostMinutes: Int

        /// A rule from its parts.
        package init(
            firstMinutes: Int = Defaults.autoMinutes.first, margin: Double = Defaults.autoMargin,
            mostMinutes: Int = Defaults.autoMinutes.most
        ) {
            (self.firstMinutes, self.margin, self.mostMinutes) = (firstMinutes, margin, mostMinutes)
        }
    }

    /// The memory of each node, from what trials have used.
    package struct Memory: Hashable, Codable, Sendable {
        /// The MiB of tasks while nothing is known; at least 1, at most `mostMebibytes`.
        package var firstMebibytes: Int
        /// How many times what was measured is asked for; at least 1.
        package var margin: Double
        /// The most MiB; at least 1.
        package var mostMebibytes: Int

        /// A rule from its parts.
        package init(
            firstMebibytes: Int = Defaults.autoMebibytes.first, margin: Double = Defaults.autoMargin,
            mostMebibytes: Int = Defaults.autoMebibytes.most
        ) {
            (self.firstMebibytes, self.margin, self.mostMebibytes) = (
                firstMebibytes, margin, mostMebibytes
            )
        }
    }

    /// Nothing is chosen.
    package init() {}

    /// Whether nothing is chosen.
    package var isEmpty: Bool { self == AutomaticOptions() }
}

extension KeyedDecodingContainer {
    /// Nothing, in a study of the time before stune chose anything.
    func decode(_ type: AutomaticOptions.Type, forKey key: Key) throws -> AutomaticOptions {
        try decodeIfPresent(type, forKey: key) ?? AutomaticOptions()
    }
}

extension KeyedEncodingContainer {
    /// Writes nothing where nothing is chosen.
    mutating func encode(_ value: AutomaticOptions, forKey key: Key) throws {
        if !value.isEmpty { try encodeIfPresent(value, forKey: key) }
    }
}
