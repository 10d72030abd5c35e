import Foundation
import StudyFile
import Testing
import Tuning

/// Compares docs/study.schema.json and the pages about the study file with the parser's table of fields.
struct SchemaTests {
    private let schema: Schema

    init() throws {
        let data = try Data(contentsOf: repository.appendingPathComponent("docs/study.schema.json"))
        schema = try JSONDecoder().decode(Schema.self, from: data)
    }

    @Test func `the schema is of the draft that it is written in`() {
        #expect(schema.draft == "https://json-schema.org/draft/2020-12/schema")
    }

    @Test func `the schema's root has the fields of the file`() throws {
        try compare(schema, .study)
    }

    @Test(arguments: Section.named)
    func `the schema defines each section with its fields`(section: Section) throws {
        try compare(try #require(schema.definitions?[section.name]), section)
    }

    @Test func `the schema defines nothing that the parser does not know`() {
        let shapes = ["text", "value", "when", "varying", "varied"]
        #expect(Set(schema.definitions?.keys.map { $0 } ?? []) == Set(Section.named.map(\.name) + shapes))
    }

    @Test func `the types of parameters and schedulers are those of the parser`() {
        let parameters = schema.properties?["parameters"]?.additional?.schema?.oneOf?.map(\.reference)
        let kinds = ["float", "int", "normal", "lognormal", "choice", "ordinal", "constant"]
        #expect(parameters == kinds.map { "#/$defs/\($0)" })
        let schedulers = schema.properties?["scheduler"]?.oneOf?.map(\.reference)
        #expect(schedulers == Section.schedulers.map { "#/$defs/\($0.name)" })
        let searchers = schema.properties?["searcher"]?.oneOf?.map(\.reference)
        #expect(searchers == Section.searchers.map { "#/$defs/\($0.name)" })
    }

    @Test(arguments: [
        ("", "parallel", Defaults.parallel), ("", "max_retries", Defaults.maxRetries),
        ("", "max_failures", Defaults.maxFailures), ("", "settle_seconds", Defaults.settleSeconds),
        ("auto", "seed", Defaults.seed), ("random", "seed", Defaults.seed),
        ("sobol", "seed", Defaults.seed), ("tpe", "seed", Defaults.seed),
        ("bohb", "seed", Defaults.seed), ("priorband", "seed", Defaults.seed),
        ("evolution", "seed", Defaults.seed),
        ("grid", "resolution", Defaults.resolution),
        ("tpe", "startup_trials", TPEPlan(seed: 0).startupTrials),
        ("tpe", "candidates", TPEPlan(seed: 0).candidates),
        ("bohb", "top_n_percent", BOHBPlan(seed: 0).topPercent),
        ("bohb", "num_samples", BOHBPlan(seed: 0).samples),
        ("evolution", "population", EvolutionPlan(seed: 0).population),
        ("evolution", "sample", EvolutionPlan(seed: 0).sample),
        ("asha", "min_resource", Defaults.minResource),
        ("asha", "reduction_factor", Defaults.reductionFactor),
        ("asha", "early_stopping_rate", Defaults.earlyStoppingRate),
        ("async_hyperband", "seed", Defaults.bracketSeed),
        ("hyperband", "reduction_factor", Defaults.reductionFactor),
        ("median_stopping", "min_trials", Defaults.minTrials),
        ("pbt", "truncation_percent", PBTPlan.truncation), ("pbt", "perturb_percent", PBTPlan.perturbation),
        ("pbt", "resample_percent", PBTPlan.resampling), ("pbt", "seed", Defaults.bracketSeed),
        ("execution", "linger_seconds", Defaults.lingerSeconds),
        ("execution", "slots_per_task", Defaults.slotsPerTask),
    ])
    func `the schema's defaults are the parser's`(section: String, field: String, value: Int) {
        let root = section.isEmpty ? schema : schema.definitions?[section]
        #expect(root?.properties?[field]?.whole == value)
    }

    @Test func `the schema's default of a mode is the parser's`() throws {
        let mode = try #require(schema.definitions?["execution"]?.properties?["mode"])
        #expect(mode.word == Defaults.mode.rawValue)
    }

    @Test(arguments: [Section.study] + Section.named)
    func `the part of the manual about a section names every field of it`(section: Section) throws {
        let part = try #require(
            try Manual().part(about: section), "no page has a heading '\(section.name)'")
        for field in section.fields {
            #expect(part.contains("`\(field.name)`"), "\(section.name).\(field.name)")
        }
    }

    @Test func `the first example of the manual is the one that other tests read`() throws {
        #expect(try Manual().example == fixture("digits.yaml"))
    }

    private func compare(_ schema: Schema, _ section: Section) throws {
        let dashed =
            section.name == "slurm"
            ? section.fields.map { $0.name.replacing("_", with: "-") }.filter { $0.contains("-") } : []
        #expect(Set(schema.properties?.keys.map { $0 } ?? []) == Set(section.fields.map(\.name) + dashed))
        #expect(Set(schema.required ?? []) == Set(section.fields.filter(\.isRequired).map(\.name)))
        #expect(schema.additional?.isForbidden == true)
        for field in section.fields {
            let property = try #require(schema.properties?[field.name])
            guard field.varies else {
                compare(property, field, in: section)
                continue
            }
            let forms = try #require(property.anyOf)
            compare(forms[0], field, in: section)
            #expect(forms.dropFirst().compactMap(\.reference) == ["#/$defs/varying"])
        }
        for name in dashed {
            let plain = name.replacing("-", with: "_")
            #expect(schema.properties?[name]?.reference == "#/$defs/slurm/properties/\(plain)")
        }
    }

    private func compare(_ schema: Schema, _ field: Field, in section: Section) {
        let name: Comment = "\(section.name).\(field.name)"
        switch field.kind {
        case .text: #expect(schema.reference == "#/$defs/text", name)
        case .whole(let range):
            #expect(schema.type == "integer", name)
            #expect(schema.minimum == range.lowerBound, name)
            #expect(schema.maximum == range.upperBound, name)
        case .number: #expect(schema.type == "number", name)
        case .value: #expect(schema.reference == "#/$defs/value", name)
        case .flag: #expect(schema.type == "boolean", name)
        case .word(let words): #expect(schema.words == words, name)
        case .list: #expect(schema.type == "array", name)
        case .wordOrWholes(let words, let range):
            #expect(schema.oneOf?.first?.words == words, name)
            #expect(schema.word == words.first, name)
            let items = schema.oneOf?.last?.items
            #expect(items?.type == "integer", name)
            #expect(items?.minimum == range.lowerBound && items?.maximum == range.upperBound, name)
        case .names: #expect(schema.type == "object" || schema.reference == "#/$defs/when", name)
        case .section(let sections):
            let references = schema.oneOf?.map(\.reference) ?? [schema.reference]
            #expect(references == sections.map { "#/$defs/\($0.name)" }, name)
        }
    }
}

/// The pages of docs/ that describe the study file.
private struct Manual {
    private let pages: [String: String]

    init() throws {
        let directory = repository.appendingPathComponent("docs")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter {
            $0.hasSuffix(".md")
        }
        pages = try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try String(contentsOf: directory.appendingPathComponent($0), encoding: .utf8))
            })
    }

    /// The first study file of docs/study.md.
    var example: String? {
        pages["study.md"]?.components(separatedBy: "```yaml study.yaml\n").dropFirst().first?
            .components(separatedBy: "```").first
    }

    /// Where a section is described: under a heading, or on a whole page.
    private static let places: [String: (page: String, heading: String?)] = [
        "": ("study.md", "Fields"), "metric": ("metrics.md", "The metric"),
        "listed_metric": ("metrics.md", "Bounds"),
        "float": ("parameters.md", "float and int"), "int": ("parameters.md", "float and int"),
        "normal": ("parameters.md", "normal and lognormal"),
        "lognormal": ("parameters.md", "normal and lognormal"),
        "choice": ("parameters.md", "choice and ordinal"),
        "ordinal": ("parameters.md", "choice and ordinal"), "prior": ("parameters.md", "Priors"),
        "constraint": ("parameters.md", "Forbidden combinations and constraints"),
        "input_file": ("training-command.md", "A directory for each trial"),
        "reports": ("metrics.md", "From text"),
        "auto_time": ("requests.md", "Time and memory by measurement"),
        "auto_mem": ("requests.md", "Time and memory by measurement"),
    ]

    /// The text from a section's heading to the next heading of its level or above.
    func part(about section: Section) -> String? {
        if let place = Self.places[section.name] {
            return pages[place.page].flatMap { Self.part(of: $0, heading: place.heading) }
        }
        return pages.keys.sorted().lazy.compactMap {
            Self.part(of: pages[$0] ?? "", heading: section.name)
        }.first
    }

    private static func part(of page: String, heading: String?) -> String? {
        guard let heading else { return page }
        let lines = page.components(separatedBy: "\n")
        guard
            let first = lines.firstIndex(where: { line in
                line.hasPrefix("#") && line.drop { $0 == "#" } == " \(heading)"
            })
        else { return nil }
        let level = lines[first].prefix { $0 == "#" }.count
        let rest = lines[(first + 1)...].prefix { line in
            let marks = line.prefix { $0 == "#" }.count
            return marks == 0 || marks > level
        }
        return rest.joined(separator: "\n")
    }
}

/// The part of JSON Schema that the study file's schema uses.
private final class Schema: Decodable {
    let draft: String?
    let type: String?
    let reference: String?
    let properties: [String: Schema]?
    let required: [String]?
    let additional: Additional?
    let words: [String]?
    let minimum: Int?
    let maximum: Int?
    /// The default.
    let whole: Int?, word: String?
    let oneOf: [Schema]?
    let anyOf: [Schema]?
    let items: Schema?
    let definitions: [String: Schema]?

    /// `additionalProperties`: false, or their schema.
    enum Additional: Decodable {
        case forbidden
        case like(Schema)

        var isForbidden: Bool { if case .forbidden = self { true } else { false } }
        var schema: Schema? { if case .like(let schema) = self { schema } else { nil } }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                try #require(!flag)
                self = .forbidden
            } else {
                self = .like(try container.decode(Schema.self))
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case type, properties, required, minimum, maximum, oneOf, anyOf, items
        case draft = "$schema"
        case reference = "$ref"
        case additional = "additionalProperties"
        case words = "enum"
        case whole = "default"
        case definitions = "$defs"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        draft = try container.decodeIfPresent(String.self, forKey: .draft)
        // A list of types, or a default that is neither a number nor a word, is not compared.
        type = try? container.decodeIfPresent(String.self, forKey: .type)
        whole = try? container.decodeIfPresent(Int.self, forKey: .whole)
        word = try? container.decodeIfPresent(String.self, forKey: .whole)
        reference = try container.decodeIfPresent(String.self, forKey: .reference)
        properties = try container.decodeIfPresent([String: Schema].self, forKey: .properties)
        required = try container.decodeIfPresent([String].self, forKey: .required)
        additional = try container.decodeIfPresent(Additional.self, forKey: .additional)
        words = try container.decodeIfPresent([String].self, forKey: .words)
        minimum = try container.decodeIfPresent(Int.self, forKey: .minimum)
        maximum = try container.decodeIfPresent(Int.self, forKey: .maximum)
        oneOf = try container.decodeIfPresent([Schema].self, forKey: .oneOf)
        anyOf = try? container.decodeIfPresent([Schema].self, forKey: .anyOf)
        items = try? container.decodeIfPresent(Schema.self, forKey: .items)
        definitions = try container.decodeIfPresent([String: Schema].self, forKey: .definitions)
    }
}
