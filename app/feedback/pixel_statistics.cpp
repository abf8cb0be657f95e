// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/pixel_statistics.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace app {
namespace {

constexpr int max_side = 256;
constexpr int raster = 8;                ///< cells a side for empty space
constexpr double edge_threshold = 0.08;  ///< luminance difference between neighbours

/// Planes of a picture over white, row-major, 0 to 1.
struct Planes {
    int width = 0;
    int height = 0;
    std::vector<double> red, green, blue, alpha, luminance;

    std::size_t at(int x, int y) const { return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x); }
    std::size_t count() const { return red.size(); }
};

double luminanceOf(double red, double green, double blue) { return 0.299 * red + 0.587 * green + 0.114 * blue; }

/// Means over blocks of `factor` x `factor` pixels.
Planes planesOf(const inference::PixelBuffer& pixels) {
    Planes planes;
    const int factor = (std::max(pixels.width, pixels.height) + max_side - 1) / max_side;
    planes.width = (pixels.width + factor - 1) / factor;
    planes.height = (pixels.height + factor - 1) / factor;
    const auto count = static_cast<std::size_t>(planes.width) * static_cast<std::size_t>(planes.height);
    for (auto* plane : {&planes.red, &planes.green, &planes.blue, &planes.alpha, &planes.luminance}) plane->assign(count, 0.0);
    std::vector<int> members(count, 0);
    const auto channels = static_cast<std::size_t>(pixels.channels);
    const std::uint8_t* pixel = pixels.bytes.data();
    for (int y = 0; y < pixels.height; ++y) {
        for (int x = 0; x < pixels.width; ++x, pixel += channels) {
            const double alpha = channels == 4 ? pixel[3] / 255.0 : 1.0;
            const std::size_t cell = planes.at(x / factor, y / factor);
            planes.red[cell] += 1.0 - alpha + alpha * pixel[0] / 255.0;
            planes.green[cell] += 1.0 - alpha + alpha * pixel[1] / 255.0;
            planes.blue[cell] += 1.0 - alpha + alpha * pixel[2] / 255.0;
            planes.alpha[cell] += alpha;
            ++members[cell];
        }
    }
    for (std::size_t i = 0; i < count; ++i) {
        for (auto* plane : {&planes.red, &planes.green, &planes.blue, &planes.alpha}) (*plane)[i] /= members[i];
        planes.luminance[i] = luminanceOf(planes.red[i], planes.green[i], planes.blue[i]);
    }
    return planes;
}

struct Moments {
    double mean = 0.0;
    double deviation = 0.0;
};

Moments momentsOf(const std::vector<double>& values) {
    double sum = 0.0;
    double squares = 0.0;
    for (const double value : values) {
        sum += value;
        squares += value * value;
    }
    const auto count = static_cast<double>(values.size());
    const double mean = sum / count;
    return {mean, std::sqrt(std::max(0.0, squares / count - mean * mean))};
}

double& of(PixelStatistics& statistics, PixelStatistic which) { return statistics[static_cast<std::size_t>(which)]; }

void measureColour(const Planes& planes, PixelStatistics& out) {
    std::vector<double> red_green(planes.count());
    std::vector<double> yellow_blue(planes.count());
    std::array<double, 8> hues = {};
    double saturation = 0.0;
    double chroma_sum = 0.0;
    for (std::size_t i = 0; i < planes.count(); ++i) {
        const double r = planes.red[i];
        const double g = planes.green[i];
        const double b = planes.blue[i];
        red_green[i] = r - g;
        yellow_blue[i] = 0.5 * (r + g) - b;
        const double high = std::max({r, g, b});
        const double chroma = high - std::min({r, g, b});
        if (high > 0.0) saturation += chroma / high;
        // The hue circle as the angle in the plane across the grey axis: no case distinction, no jump.
        const double angle = std::atan2(std::numbers::sqrt3 * (g - b), 2.0 * r - g - b);
        const int bin = static_cast<int>(std::lround(angle / (std::numbers::pi / 4.0)) + 8) % 8;
        hues[static_cast<std::size_t>(bin)] += chroma;
        chroma_sum += chroma;
    }
    const Moments rg = momentsOf(red_green);
    const Moments yb = momentsOf(yellow_blue);
    const auto count = static_cast<double>(planes.count());
    const double red = momentsOf(planes.red).mean;
    const double green = momentsOf(planes.green).mean;
    const double blue = momentsOf(planes.blue).mean;
    of(out, PixelStatistic::warmth) = red - blue;
    of(out, PixelStatistic::tint) = green - 0.5 * (red + blue);
    of(out, PixelStatistic::colourfulness) = std::hypot(rg.deviation, yb.deviation) + 0.3 * std::hypot(rg.mean, yb.mean);
    of(out, PixelStatistic::saturation) = saturation / count;
    // A share of nearly nothing says nothing: the floor fades the hues of a grey picture out.
    for (std::size_t bin = 0; bin < hues.size(); ++bin) {
        out[static_cast<std::size_t>(PixelStatistic::hue_red) + bin] = hues[bin] / (chroma_sum + 0.02 * count);
    }
}

/// Sum of |differences| between neighbours `stride` apart of the picture averaged over blocks of that size, per pair.
double gradientAt(const Planes& planes, int stride) {
    const int width = planes.width / stride;
    const int height = planes.height / stride;
    if (width < 2 || height < 2) return 0.0;
    std::vector<double> small(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0.0);
    const auto at = [width](int x, int y) { return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x); };
    for (int y = 0; y < height * stride; ++y) {
        for (int x = 0; x < width * stride; ++x) small[at(x / stride, y / stride)] += planes.luminance[planes.at(x, y)] / (stride * stride);
    }
    double sum = 0.0;
    for (int y = 0; y + 1 < height; ++y) {
        for (int x = 0; x + 1 < width; ++x) sum += std::abs(small[at(x + 1, y)] - small[at(x, y)]) + std::abs(small[at(x, y + 1)] - small[at(x, y)]);
    }
    return sum / static_cast<double>((width - 1) * (height - 1));
}

void measureEdges(const Planes& planes, PixelStatistics& out) {
    if (planes.width < 2 || planes.height < 2) return;
    double across = 0.0;
    double down = 0.0;
    std::size_t edges = 0;
    std::array<int, raster* raster> in_cell = {};
    for (int y = 0; y + 1 < planes.height; ++y) {
        for (int x = 0; x + 1 < planes.width; ++x) {
            const double here = planes.luminance[planes.at(x, y)];
            const double dx = std::abs(planes.luminance[planes.at(x + 1, y)] - here);
            const double dy = std::abs(planes.luminance[planes.at(x, y + 1)] - here);
            across += dx;
            down += dy;
            if (std::hypot(dx, dy) < edge_threshold) continue;
            ++edges;
            ++in_cell[static_cast<std::size_t>(y * raster / planes.height * raster + x * raster / planes.width)];
        }
    }
    of(out, PixelStatistic::detail) = static_cast<double>(edges) / static_cast<double>(planes.count());
    of(out, PixelStatistic::upright_lines) = (across + 0.001) / (across + down + 0.002);
    of(out, PixelStatistic::empty_space) = static_cast<double>(std::count(in_cell.begin(), in_cell.end(), 0)) / in_cell.size();
    const double fine = gradientAt(planes, 1);
    const double coarse = gradientAt(planes, 2);
    of(out, PixelStatistic::fine_texture) = (fine + 0.001) / (fine + 0.5 * coarse + 0.002);
}

void measureLayout(const Planes& planes, PixelStatistics& out) {
    double mirrored = 0.0;
    double flipped = 0.0;
    double mass = 0.0;
    double radius = 0.0;
    const auto difference = [&](std::size_t a, std::size_t b) {
        return (std::abs(planes.red[a] - planes.red[b]) + std::abs(planes.green[a] - planes.green[b]) + std::abs(planes.blue[a] - planes.blue[b])) /
            3.0;
    };
    const double half_width = 0.5 * planes.width;
    const double half_height = 0.5 * planes.height;
    for (int y = 0; y < planes.height; ++y) {
        for (int x = 0; x < planes.width; ++x) {
            const std::size_t here = planes.at(x, y);
            mirrored += difference(here, planes.at(planes.width - 1 - x, y));
            flipped += difference(here, planes.at(x, planes.height - 1 - y));
            const double ink = 1.0 - std::min({planes.red[here], planes.green[here], planes.blue[here]});
            mass += ink;
            radius += ink * std::hypot(x + 0.5 - half_width, y + 0.5 - half_height);
        }
    }
    const auto count = static_cast<double>(planes.count());
    of(out, PixelStatistic::mirror_symmetry) = -mirrored / count;
    of(out, PixelStatistic::flip_symmetry) = -flipped / count;
    of(out, PixelStatistic::spread) = mass > 0.0 ? radius / mass / std::hypot(half_width, half_height) : 0.0;
}

bool isWellFormed(const inference::PixelBuffer& pixels) {
    return pixels.width > 0 && pixels.height > 0 && (pixels.channels == 3 || pixels.channels == 4) &&
        pixels.bytes.size() ==
        static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.height) * static_cast<std::size_t>(pixels.channels);
}

}  // namespace

PixelStatistics pixelStatistics(const inference::PixelBuffer& pixels) {
    PixelStatistics out = {};
    if (!isWellFormed(pixels)) return out;
    const Planes planes = planesOf(pixels);
    const Moments luminance = momentsOf(planes.luminance);
    of(out, PixelStatistic::brightness) = luminance.mean;
    of(out, PixelStatistic::contrast) = luminance.deviation;
    of(out, PixelStatistic::coverage) = momentsOf(planes.alpha).mean;
    measureColour(planes, out);
    measureEdges(planes, out);
    measureLayout(planes, out);
    return out;
}

inference::PixelBuffer overWhite(const inference::PixelBuffer& pixels) {
    if (!isWellFormed(pixels)) return {};
    if (pixels.channels == 3) return pixels;
    inference::PixelBuffer opaque{pixels.width, pixels.height, 3, {}};
    opaque.bytes.reserve(pixels.bytes.size() / 4 * 3);
    for (std::size_t i = 0; i < pixels.bytes.size(); i += 4) {
        const unsigned alpha = pixels.bytes[i + 3];
        for (std::size_t c = 0; c < 3; ++c) {
            opaque.bytes.push_back(static_cast<std::uint8_t>((pixels.bytes[i + c] * alpha + 255U * (255U - alpha) + 127U) / 255U));
        }
    }
    return opaque;
}

}  // namespace app
