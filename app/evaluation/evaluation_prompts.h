// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace app {

struct EvaluationPrompt {
    std::string text;
    int group = 0;  ///< 0 living things, 1 made things

    bool operator==(const EvaluationPrompt&) const = default;
};

/// The prompts of `fuselight evaluate-feedback` (resources/evaluation/prompts.txt), in two halves that share no object.
struct EvaluationPrompts {
    std::vector<EvaluationPrompt> rating;      ///< a user rates pictures of these
    std::vector<EvaluationPrompt> evaluation;  ///< and is judged by on these
};

EvaluationPrompts evaluationPrompts();

}  // namespace app
