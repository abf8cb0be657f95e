// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/raters.h"

#include "app/feedback/pixel_statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

namespace app {

using inference::ErrorCode;
using inference::PixelBuffer;
using inference::Result;

namespace {

constexpr std::array quintiles = {-0.84, -0.25, 0.25, 0.84};
constexpr double star_noise = 0.5;
constexpr double lapse_share = 0.05;

/// Colours of an opaque picture, 0 to 1. The raters have arithmetic of their own: a head that shared it would know them.
struct Rgb {
    double red = 0.0, green = 0.0, blue = 0.0;
    double grey() const { return (red + green + blue) / 3.0; }
};

class Canvas {
public:
    explicit Canvas(const PixelBuffer& pixels) : opaque_(overWhite(pixels)) {}
    int width() const { return opaque_.width; }
    int height() const { return opaque_.height; }
    Rgb at(int x, int y) const {
        const auto* pixel =
            opaque_.bytes.data() + 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(opaque_.width) + static_cast<std::size_t>(x));
        return {pixel[0] / 255.0, pixel[1] / 255.0, pixel[2] / 255.0};
    }
    template <typename Visit> double mean(Visit visit) const {
        double sum = 0.0;
        for (int y = 0; y < height(); ++y) {
            for (int x = 0; x < width(); ++x) sum += visit(at(x, y), x, y);
        }
        return sum / (static_cast<double>(width()) * height());
    }

private:
    PixelBuffer opaque_;
};

double warmth(const Canvas& canvas) {
    return canvas.mean([](const Rgb& c, int, int) { return c.red - c.blue; });
}

double brightness(const Canvas& canvas) {
    return canvas.mean([](const Rgb& c, int, int) { return 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue; });
}

double colourful(const Canvas& canvas) {
    const auto rg = [](const Rgb& c) { return c.red - c.green; };
    const auto yb = [](const Rgb& c) { return 0.5 * (c.red + c.green) - c.blue; };
    const auto moments = [&](auto part) {
        const double mean = canvas.mean([&](const Rgb& c, int, int) { return part(c); });
        const double square = canvas.mean([&](const Rgb& c, int, int) { return part(c) * part(c); });
        return std::pair(mean, std::sqrt(std::max(0.0, square - mean * mean)));
    };
    const auto [rg_mean, rg_deviation] = moments(rg);
    const auto [yb_mean, yb_deviation] = moments(yb);
    return std::hypot(rg_deviation, yb_deviation) + 0.3 * std::hypot(rg_mean, yb_mean);
}

/// Share of the cells of an 8 x 8 raster whose mean gradient is small.
double whitespace(const Canvas& canvas) {
    std::array<double, 64> gradient = {};
    std::array<double, 64> pixels = {};
    for (int y = 0; y + 1 < canvas.height(); ++y) {
        for (int x = 0; x + 1 < canvas.width(); ++x) {
            const double here = canvas.at(x, y).grey();
            const auto cell = static_cast<std::size_t>(y * 8 / canvas.height() * 8 + x * 8 / canvas.width());
            gradient[cell] += std::hypot(canvas.at(x + 1, y).grey() - here, canvas.at(x, y + 1).grey() - here);
            pixels[cell] += 1.0;
        }
    }
    int empty = 0;
    for (std::size_t cell = 0; cell < gradient.size(); ++cell) empty += gradient[cell] < 0.01 * pixels[cell] ? 1 : 0;
    return empty / 64.0;
}

double symmetry(const Canvas& canvas) {
    return -canvas.mean([&](const Rgb& c, int x, int y) {
        const Rgb other = canvas.at(canvas.width() - 1 - x, y);
        return std::abs(c.red - other.red) + std::abs(c.green - other.green) + std::abs(c.blue - other.blue);
    });
}

/// Share of the energy of differences that lies along the diagonals and at two pixels: busy, hatched drawing.
double texture(const Canvas& canvas) {
    double diagonal = 0.0;
    double straight = 1e-6;
    for (int y = 2; y + 2 < canvas.height(); ++y) {
        for (int x = 2; x + 2 < canvas.width(); ++x) {
            const double here = canvas.at(x, y).grey();
            const auto second = [&](int dx, int dy) {
                const double bend = canvas.at(x + dx, y + dy).grey() + canvas.at(x - dx, y - dy).grey() - 2.0 * here;
                return bend * bend;
            };
            diagonal += second(1, 1) + second(1, -1);
            straight += second(2, 0) + second(0, 2);
        }
    }
    return diagonal / (diagonal + straight);
}

/// Share of violet and magenta, which few pictures have.
double violet(const Canvas& canvas) {
    return canvas.mean([](const Rgb& c, int, int) { return std::max(0.0, std::min(c.red, c.blue) - c.green); });
}

Result<std::vector<double>> scoresOf(const std::vector<RatedPicture>& pictures, const std::function<double(const Canvas&)>& score) {
    std::vector<double> scores;
    for (const auto& picture : pictures) {
        const Canvas canvas(picture.pixels);
        if (canvas.width() < 8 || canvas.height() < 8) return inference::failure(ErrorCode::invalid_request, "a picture is too small to be rated");
        scores.push_back(score(canvas));
    }
    return scores;
}

RaterFunction ofImage(std::function<double(const Canvas&)> score) {
    return [score = std::move(score)](const std::vector<RatedPicture>& pictures) { return scoresOf(pictures, score); };
}

/// Two wishes at once, each in its own deviations over what is shown.
Result<std::vector<double>> mixed(const std::vector<RatedPicture>& pictures) {
    auto warm = scoresOf(pictures, warmth);
    if (!warm) return warm;
    auto mirrored = scoresOf(pictures, symmetry);
    if (!mirrored) return mirrored;
    // Fixed units (typical deviations of the starter's pictures), so that a score does not depend on its neighbours.
    for (std::size_t i = 0; i < warm->size(); ++i) (*warm)[i] = 0.6 * (*warm)[i] / 0.12 + 0.6 * (*mirrored)[i] / 0.12;
    return warm;
}

bool hasWord(std::string_view text, std::string_view word) {
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || text[at - 1] == ' ') && (end == text.size() || text[end] == ' ')) return true;
    }
    return false;
}

/// Warm where something living is meant, cool elsewhere.
Result<std::vector<double>> conditional(const std::vector<RatedPicture>& pictures) {
    static constexpr std::array living = {"cat",     "dog",    "fox",     "bird",   "fish",   "owl",       "rabbit",  "bear", "horse", "frog",
                                          "penguin", "lion",   "bee",     "snail",  "turtle", "whale",     "robin",   "duck", "mouse", "panda",
                                          "cow",     "pig",    "chicken", "monkey", "dragon", "butterfly", "woman",   "man",  "girl",  "boy",
                                          "face",    "person", "tiger",   "wolf",   "sheep",  "elephant",  "octopus", "crab", "shark"};
    auto scores = scoresOf(pictures, warmth);
    if (!scores) return scores;
    for (std::size_t i = 0; i < scores->size(); ++i) {
        const bool lives = std::any_of(living.begin(), living.end(), [&](const char* word) { return hasWord(pictures[i].prompt, word); });
        if (!lives) (*scores)[i] = -(*scores)[i];
    }
    return scores;
}

/// Scores that have nothing to do with the picture, yet are the same whenever it is shown.
Result<std::vector<double>> nothing(const std::vector<RatedPicture>& pictures) {
    std::vector<double> scores;
    for (const auto& picture : pictures) {
        std::uint64_t hash = 1469598103934665603ULL;
        for (const std::uint8_t byte : picture.pixels.bytes) hash = (hash ^ byte) * 1099511628211ULL;
        scores.push_back(uniformFromCounter(hash, 0));
    }
    return scores;
}

std::uint64_t mixBits(std::uint64_t value) {  // SplitMix64, Steele et al. 2014
    value += 0x9E3779B97F4A7C15ULL;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31U);
}

}  // namespace

const std::vector<Rater>& syntheticRaters() {
    static const std::vector<Rater> raters = {
        {"warmth", "red over blue", true, ofImage(warmth)},
        {"brightness", "light pictures", true, ofImage(brightness)},
        {"darkness", "dark pictures", true, ofImage([](const Canvas& canvas) { return -brightness(canvas); })},
        {"colourful", "many strong colours (Hasler and Suesstrunk)", true, ofImage(colourful)},
        {"whitespace", "room around the subject", true, ofImage(whitespace)},
        {"symmetry", "left like right", true, ofImage(symmetry)},
        {"style", "hatched, diagonal texture", true, ofImage(texture)},
        {"mix", "warm and symmetric", true, mixed},
        {"conditional", "living things warm, all else cool", true, conditional},
        {"rare", "violet, which few pictures have", true, ofImage(violet)},
        {"null", "nothing: random stars", false, nothing},
    };
    return raters;
}

Result<Rater> findRater(const std::string& name) {
    std::string names;
    for (const Rater& rater : syntheticRaters()) {
        if (rater.name == name) return rater;
        names += (names.empty() ? "" : ", ") + rater.name;
    }
    return inference::failure(ErrorCode::invalid_request, "there is no rater \"" + name + "\"; there are " + names);
}

Standardisation Standardisation::of(const std::vector<double>& scores) {
    Standardisation out;
    if (scores.empty()) return out;
    double sum = 0.0;
    for (const double score : scores) sum += score;
    out.mean = sum / static_cast<double>(scores.size());
    double squares = 0.0;
    for (const double score : scores) squares += (score - out.mean) * (score - out.mean);
    const double deviation = std::sqrt(squares / static_cast<double>(scores.size()));
    if (deviation > 1e-12) out.deviation = deviation;
    return out;
}

double uniformFromCounter(std::uint64_t seed, std::uint64_t counter) {
    return static_cast<double>(mixBits(mixBits(seed) ^ mixBits(counter * 0x2545F4914F6CDD1DULL + 1)) >> 11U) * 0x1.0p-53;
}

double normalFromCounter(std::uint64_t seed, std::uint64_t counter) {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniformFromCounter(seed, 2 * counter)));
    return radius * std::cos(2.0 * std::numbers::pi * uniformFromCounter(seed, 2 * counter + 1));
}

int noisyStars(double z, std::uint64_t seed, std::uint64_t picture) {
    if (uniformFromCounter(seed ^ 0x1A95EULL, picture) < lapse_share)
        return 1 + static_cast<int>(uniformFromCounter(seed ^ 0x57A25ULL, picture) * 5.0);
    const double seen = z + star_noise * normalFromCounter(seed, picture);
    return 1 + static_cast<int>(std::count_if(quintiles.begin(), quintiles.end(), [seen](double cut) { return seen > cut; }));
}

}  // namespace app
