// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace app {

/// Prompts split by what is drawn: no subject of one half is in the other.
struct PromptSplit {
    std::vector<std::string> rating;      ///< 32
    std::vector<std::string> evaluation;  ///< 24
    std::vector<std::string> proof;       ///< 12, the same for every seed: in neither half, for the gate
};

/// The committed prompts (resources/feedback/prompts.txt), split and ordered by a seed.
PromptSplit evaluationPrompts(std::uint64_t seed);

}  // namespace app
