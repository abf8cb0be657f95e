// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/evaluation_prompts.h"

#include "app/feedback/raters.h"

#include <QFile>

#include <algorithm>
#include <utility>

/// A static library's resources are registered by whoever uses them first. Outside of any namespace, as Qt's macro demands.
static void registerPrompts() { Q_INIT_RESOURCE(feedback); }

namespace app {
namespace {

constexpr std::size_t evaluated_of_family = 3;

using Family = std::vector<std::string>;

struct CommittedPrompts {
    std::vector<Family> families;  ///< in pairs of a kind
    Family proof;
};

CommittedPrompts readPrompts() {
    registerPrompts();
    QFile file(QStringLiteral(":/feedback/prompts.txt"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    CommittedPrompts prompts;
    Family* family = nullptr;
    for (const QByteArray& line : file.readAll().split('\n')) {
        if (line.isEmpty() || line.startsWith('#')) continue;
        if (line == "[proof]") family = &prompts.proof;
        else if (line.startsWith('[')) family = &prompts.families.emplace_back();
        else if (family) family->push_back(line.toStdString());
    }
    return prompts;
}

void shuffle(std::vector<std::string>& prompts, std::uint64_t seed) {
    for (std::size_t left = prompts.size(); left > 1; --left) {
        const auto other = static_cast<std::size_t>(uniformFromCounter(seed, left) * static_cast<double>(left));
        std::swap(prompts[left - 1], prompts[other]);
    }
}

}  // namespace

PromptSplit evaluationPrompts(std::uint64_t seed) {
    auto [families, proof] = readPrompts();
    PromptSplit split;
    split.proof = std::move(proof);
    for (std::size_t pair = 0; 2 * pair + 1 < families.size(); ++pair) {
        const bool swapped = uniformFromCounter(seed ^ 0x5B117ULL, pair) < 0.5;
        const auto& rated = families[2 * pair + (swapped ? 1 : 0)];
        auto evaluated = families[2 * pair + (swapped ? 0 : 1)];
        split.rating.insert(split.rating.end(), rated.begin(), rated.end());
        shuffle(evaluated, seed + 1000 + pair);
        evaluated.resize(std::min(evaluated.size(), evaluated_of_family));
        split.evaluation.insert(split.evaluation.end(), evaluated.begin(), evaluated.end());
    }
    shuffle(split.rating, seed + 1);
    shuffle(split.evaluation, seed + 2);
    return split;
}

}  // namespace app
