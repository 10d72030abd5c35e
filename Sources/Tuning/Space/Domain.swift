/// The values that a parameter may take, and how they are spread.
///
/// Bounds are finite, and `min` < `max`. With a `step`, which is above 0 and at most `max` − `min`, the values are
/// `min`, `min` + `step`, `min` + 2·`step`, … up to `max`, which is one of them only where it is a multiple.
public enum Domain: Hashable, Codable, Sendable {
    /// Real numbers from `min` to `max`.
    case float(min: Double, max: Double, scale: Scale, step: Double? = nil)
    /// Whole numbers from `min` to `max`, both included; on any scale but `logit`.
    case int(min: Int, max: Int, scale: Scale, step: Int? = nil)
    /// Real numbers, normally distributed with this mean and standard deviation (above 0), between `min` and `max`
    /// where they are given: the distribution is cut there, and what is left stands for all.
    case normal(mean: Double, sd: Double, min: Double? = nil, max: Double? = nil)
    /// Real numbers above 0 whose natural logarithm is normally distributed with this mean and standard deviation;
    /// `min` and `max` bound the values, not their logarithms, and are above 0.
    case lognormal(mean: Double, sd: Double, min: Double? = nil, max: Double? = nil)
    /// One of these values, all equally likely; at least one.
    case choice([ParameterValue])
    /// One of these values in their order, all equally likely; at least one. A searcher may take neighbours for alike.
    case ordinal([ParameterValue])
    /// Always this value.
    case constant(ParameterValue)
}

/// How draws are spread over a range.
public enum Scale: String, Hashable, Codable, Sendable, CaseIterable {
    /// Uniform in the value.
    case linear
    /// Uniform in the value's logarithm; the range is above 0.
    case log
    /// The mirror image of `log` over the same range: x is as likely as `min` + `max` − x is on the log scale, so
    /// that draws are dense at the top. The range is above 0.
    case reverseLog = "reverse_log"
    /// Uniform in log(x / (1 − x)), dense at both ends; the range is between 0 and 1, without them.
    case logit
}

/// What the author of a study believes to be a good value of a parameter, and how firmly.
///
/// Half of the draws are as they would be without the prior. The other half are normally distributed around the
/// value's place in the unit interval (`Domain.unit(of:)`), with `width` as the standard deviation, cut at 0 and 1.
/// Where the domain is a choice, which has no order, the other half are the value itself.
public struct Prior: Hashable, Codable, Sendable {
    /// The value that is believed to be good; within the domain.
    public var value: ParameterValue
    /// The standard deviation around it as a share of the domain, above 0.
    public var width: Double

    /// A prior from its parts.
    public init(value: ParameterValue, width: Double = Prior.defaultWidth) {
        self.value = value
        self.width = width
    }

    /// The width where none is said: two thirds of the informed draws fall within a fifth of the domain to each side.
    public static let defaultWidth = 0.2
}
