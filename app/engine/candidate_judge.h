// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "inference/api/engine.h"

namespace app {

/// Which of a picture's candidates are better: inference::GenerationCallbacks::judge. Copied with its job and called on the engine's thread, so what it
/// holds must not change. Empty: nobody can say.
using CandidateJudge = std::function<std::vector<double>(const std::vector<inference::Candidate>&)>;

/// What is said to a request with candidates while nobody can choose among them.
inline inference::Error nobodyJudges() {
    return {inference::ErrorCode::invalid_request, "Fuselight does not know your taste yet: rate more pictures, or set candidates to 1"};
}

}  // namespace app
