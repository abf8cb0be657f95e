// SPDX-License-Identifier: Apache-2.0
#include "app/evaluation/rater.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>

#include "app/evaluation/counter_random.h"

namespace app {

namespace {

using inference::PixelBuffer;

/// A picture over white, planar, 0 to 1. Raters measure for themselves: sharing code with what learns from them would be a leak.
struct Sight {
    int width = 0;
    int height = 0;
    std::array<std::vector<float>, 3> rgb;

    explicit Sight(const PixelBuffer& pixels) : width(pixels.width), height(pixels.height) {
        const auto count = static_cast<size_t>(width) * static_cast<size_t>(height);
        for (auto& plane : rgb) plane.resize(count);
        const auto channels = static_cast<size_t>(pixels.channels);
        for (size_t i = 0; i < count; ++i) {
            const std::uint8_t* pixel = pixels.bytes.data() + i * channels;
            const float alpha = channels == 4 ? static_cast<float>(pixel[3]) / 255.0f : 1.0f;
            for (size_t c = 0; c < 3; ++c) rgb[c][i] = 1.0f - alpha + alpha * static_cast<float>(pixel[c]) / 255.0f;
        }
    }
    size_t count() const { return rgb[0].size(); }
    size_t at(int x, int y) const { return static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x); }
    float grey(int x, int y) const {
        const size_t i = at(x, y);
        return 0.299f * rgb[0][i] + 0.587f * rgb[1][i] + 0.114f * rgb[2][i];
    }
};

double mean(const std::vector<float>& values) {
    double sum = 0.0;
    for (const float value : values) sum += value;
    return values.empty() ? 0.0 : sum / static_cast<double>(values.size());
}

double warmth(const Sight& sight) { return mean(sight.rgb[0]) - mean(sight.rgb[2]); }

double brightness(const Sight& sight) { return 0.299 * mean(sight.rgb[0]) + 0.587 * mean(sight.rgb[1]) + 0.114 * mean(sight.rgb[2]); }

/// Hasler and Suesstrunk 2003, "Measuring colourfulness in natural images".
double colourfulness(const Sight& sight) {
    double sum_rg = 0, sum_yb = 0, squares_rg = 0, squares_yb = 0;
    const auto n = static_cast<double>(sight.count());
    for (size_t i = 0; i < sight.count(); ++i) {
        const double rg = sight.rgb[0][i] - sight.rgb[1][i];
        const double yb = 0.5 * (sight.rgb[0][i] + sight.rgb[1][i]) - sight.rgb[2][i];
        sum_rg += rg;
        sum_yb += yb;
        squares_rg += rg * rg;
        squares_yb += yb * yb;
    }
    const double mean_rg = sum_rg / n, mean_yb = sum_yb / n;
    const double variance = std::max(0.0, squares_rg / n - mean_rg * mean_rg) + std::max(0.0, squares_yb / n - mean_yb * mean_yb);
    return std::sqrt(variance) + 0.3 * std::hypot(mean_rg, mean_yb);
}

/// Share of 8 x 8 cells of the picture in which nothing changes.
double whitespace(const Sight& sight) {
    constexpr int cells = 8;
    constexpr float threshold = 0.06f;
    int empty = 0;
    for (int cell_y = 0; cell_y < cells; ++cell_y) {
        for (int cell_x = 0; cell_x < cells; ++cell_x) {
            float strongest = 0.0f;
            for (int y = cell_y * sight.height / cells; y < (cell_y + 1) * sight.height / cells; ++y) {
                for (int x = cell_x * sight.width / cells; x < (cell_x + 1) * sight.width / cells; ++x) {
                    if (x + 1 < sight.width) strongest = std::max(strongest, std::abs(sight.grey(x + 1, y) - sight.grey(x, y)));
                    if (y + 1 < sight.height) strongest = std::max(strongest, std::abs(sight.grey(x, y + 1) - sight.grey(x, y)));
                }
            }
            if (strongest < threshold) ++empty;
        }
    }
    return empty / static_cast<double>(cells * cells);
}

double symmetry(const Sight& sight) {
    double sum = 0.0;
    for (const auto& plane : sight.rgb) {
        for (int y = 0; y < sight.height; ++y) {
            for (int x = 0; x < sight.width; ++x) sum += std::abs(plane[sight.at(x, y)] - plane[sight.at(sight.width - 1 - x, y)]);
        }
    }
    return -sum / static_cast<double>(3 * sight.count());
}

/// Share of the gradient's energy that lies within 22.5 degrees of a diagonal.
double stripes(const Sight& sight) {
    double diagonal = 0.0, all = 1e-9;
    for (int y = 1; y + 1 < sight.height; ++y) {
        for (int x = 1; x + 1 < sight.width; ++x) {
            const double dx = sight.grey(x + 1, y) - sight.grey(x - 1, y);
            const double dy = sight.grey(x, y + 1) - sight.grey(x, y - 1);
            const double energy = dx * dx + dy * dy;
            all += energy;
            // |sin 2a| > sin 45: the angle is nearer to a diagonal than to an axis.
            if (2.0 * std::abs(dx * dy) > energy * std::numbers::sqrt2 / 2.0) diagonal += energy;
        }
    }
    return diagonal / all;
}

/// Share of strong violet, which few pictures of any base have.
double violet(const Sight& sight) {
    size_t count = 0;
    for (size_t i = 0; i < sight.count(); ++i) {
        const float r = sight.rgb[0][i], g = sight.rgb[1][i], b = sight.rgb[2][i];
        const float high = std::max({r, g, b}), low = std::min({r, g, b});
        if (high <= 0.0f || (high - low) / high < 0.3f || b < high) continue;
        const float hue = 240.0f + 60.0f * (r - g) / (high - low);
        if (hue >= 255.0f && hue <= 305.0f) ++count;
    }
    return static_cast<double>(count) / static_cast<double>(std::max<size_t>(1, sight.count()));
}

/// Nothing anyone could see: the picture's bytes decide, but no likeness between pictures does.
double chance(const PixelBuffer& pixels) {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (const std::uint8_t byte : pixels.bytes) hash = (hash ^ byte) * 0x100000001b3;
    return CounterRandom(hash).normal(0);
}

// Scales of the parts of "mix" on pictures of a small base, so that neither part drowns the other.
constexpr double usual_warmth_deviation = 0.15;
constexpr double usual_symmetry_deviation = 0.06;

using Measure = std::function<double(const RatedPicture&)>;

Measure seen(double (*measure)(const Sight&), double sign = 1.0) {
    return [measure, sign](const RatedPicture& picture) { return sign * measure(Sight(picture.pixels)); };
}

const std::vector<std::pair<QString, Measure>>& raters() {
    static const std::vector<std::pair<QString, Measure>> all = {
        {QStringLiteral("warmth"), seen(warmth)},
        {QStringLiteral("brightness"), seen(brightness)},
        {QStringLiteral("darkness"), seen(brightness, -1.0)},
        {QStringLiteral("colourful"), seen(colourfulness)},
        {QStringLiteral("whitespace"), seen(whitespace)},
        {QStringLiteral("symmetry"), seen(symmetry)},
        {QStringLiteral("stripes"), seen(stripes)},
        {QStringLiteral("mix"),
         [](const RatedPicture& picture) {
             const Sight sight(picture.pixels);
             return 0.6 * warmth(sight) / usual_warmth_deviation + 0.6 * symmetry(sight) / usual_symmetry_deviation;
         }},
        {QStringLiteral("conditional"),
         [](const RatedPicture& picture) { return (picture.prompt_group == 0 ? 1.0 : -1.0) * warmth(Sight(picture.pixels)); }},
        {QStringLiteral("rare"), seen(violet)},
        {QStringLiteral("null"), [](const RatedPicture& picture) { return chance(picture.pixels); }},
    };
    return all;
}

class BuiltInRater final : public Rater {
public:
    explicit BuiltInRater(Measure measure) : measure_(std::move(measure)) {}

    inference::Result<std::vector<double>> scores(std::span<const RatedPicture> pictures) override {
        std::vector<double> scores;
        scores.reserve(pictures.size());
        for (const RatedPicture& picture : pictures) {
            if (picture.pixels.empty()) return inference::failure(inference::ErrorCode::invalid_request, "a picture without pixels cannot be rated");
            scores.push_back(measure_(picture));
        }
        return scores;
    }

private:
    Measure measure_;
};

}  // namespace

QStringList raterNames() {
    QStringList names;
    for (const auto& [name, measure] : raters()) names.append(name);
    return names;
}

std::unique_ptr<Rater> makeRater(const QString& name) {
    for (const auto& [known, measure] : raters()) {
        if (known == name) return std::make_unique<BuiltInRater>(measure);
    }
    return nullptr;
}

StarScale::StarScale(std::span<const double> base_scores) {
    if (base_scores.empty()) return;
    const auto n = static_cast<double>(base_scores.size());
    for (const double score : base_scores) mean_ += score / n;
    double variance = 0.0;
    for (const double score : base_scores) variance += (score - mean_) * (score - mean_) / n;
    deviation_ = std::sqrt(variance);
    // Equal scores differ from their own mean by rounding.
    constexpr double rounding = 1e-9;
    if (deviation_ < rounding * (1.0 + std::abs(mean_))) deviation_ = 0.0;
}

double StarScale::standardise(double score) const { return deviation_ > 0.0 ? (score - mean_) / deviation_ : 0.0; }

int StarScale::stars(double score, std::uint64_t seed, std::uint64_t index) const {
    constexpr double noise = 0.5;
    constexpr double lapses = 0.05;
    constexpr std::array cuts{-0.84, -0.25, 0.25, 0.84};  // of a normal distribution's fifths
    constexpr int most = 5;
    const CounterRandom random(seed);
    // Each rating has eight numbers of its own.
    const std::uint64_t first = index * 8;
    if (random.uniform(first) < lapses) return 1 + static_cast<int>(random.below(most, first + 1));
    if (deviation_ <= 0.0) return 3;
    const double felt = standardise(score) + noise * random.normal(first / 2 + 1);
    return 1 + static_cast<int>(std::count_if(cuts.begin(), cuts.end(), [felt](double cut) { return felt > cut; }));
}

}  // namespace app
