import Testing
import Tuning
import Wire

/// Null as a parameter's value: Python's None.
struct NullValueTests {
    private static let domain = Domain.choice([.null, .int(4), .string("null")])

    @Test func `null is a value of its own, and not the word`() {
        #expect(ParameterValue.null == .null)
        for other: ParameterValue in [.string("null"), .string(""), .int(0), .bool(false), .float(0)] {
            #expect(ParameterValue.null != other)
        }
        #expect(Set<ParameterValue>([.null, .null, .string("null")]).count == 2)
    }

    @Test func `a choice finds null by its place, as it finds any value`() {
        #expect(NullValueTests.domain.value(at: 0.1) == .null)
        #expect(NullValueTests.domain.unit(of: .null) == 0.5 / 3)
        #expect(NullValueTests.domain.member(.null) == .null)
        #expect(Domain.int(min: 0, max: 3, scale: .linear).member(.null) == nil)
        #expect(Domain.float(min: 0, max: 3, scale: .linear).member(.null) == nil)
    }

    @Test func `null is neither less nor greater than a number`() {
        #expect(!Constraint.Relation.less.holds(.null, .int(1)))
        #expect(!Constraint.Relation.atMost.holds(.int(1), .null))
        #expect(Constraint.Relation.differ.holds(.null, .int(0)))
        #expect(!Constraint.Relation.differ.holds(.null, .null))
    }

    @Test func `a configuration with null is read by both readers alike`() throws {
        let configuration = Configuration(["cap": .null, "lr": .float(0.5), "word": .string("null")])
        let text = #"{"cap":null,"lr":0.5,"word":"null"}"#
        #expect(try StoredText.of(configuration) == text)
        #expect(try StoredText.value(Configuration.self, from: text) == configuration)
        let plain = Array(text.utf8).withUnsafeBufferPointer { Configuration(plain: $0) }
        #expect(plain == configuration)
        var writer = JSONWriter()
        writer.write(configuration)
        let written = try StoredText.value(
            Configuration.self, from: String(decoding: writer.bytes, as: UTF8.self))
        #expect(written == configuration)
    }

    @Test func `a parameter that is null is active, and one that depends on null follows`() {
        let space = NullValueTests.space
        let active = SpaceSampler(space).configuration { $0.name == "cap" ? .null : .float(0.5) }
        #expect(active.values == ["cap": .null, "inner": .float(0.5)])
        let other = SpaceSampler(space).configuration { $0.name == "cap" ? .int(4) : .float(0.5) }
        #expect(other.values == ["cap": .int(4)])
    }

    private static let space = SearchSpace([
        Parameter(name: "cap", domain: NullValueTests.domain),
        Parameter(
            name: "inner", domain: .float(min: 0, max: 1, scale: .linear),
            conditions: [Condition(parent: "cap", values: [.null])]),
    ])
}
