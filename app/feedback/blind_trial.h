// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/comparison_metrics.h"
#include "app/feedback/signal_store.h"
#include "inference/api/generation_request.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace app {

/// The two things that a trial compares.
enum class TrialSide { former, candidate };

/// A part of a batch, drawn with one side.
struct BlindShare {
    inference::GenerationRequest request;
    TrialSide side = TrialSide::former;
    qint64 trial = 0;  ///< whose evidence its pictures are; 0: nobody's, for its side was not drawn by lot
};

/// A batch as two, half with each side, in random order: the seeds are those of the whole, so each picture's own request still draws it.
/// The odd picture falls to whichever comes first. A batch of one goes to the side that has drawn fewer pictures in this trial.
/// @param chance random bits; @param lead pictures that the candidate has drawn more than the former
std::vector<BlindShare> shareBlindly(const inference::GenerationRequest& request, const std::vector<inference::AdapterUse>& candidate,
                                     const std::vector<inference::AdapterUse>& former, int lead, std::uint64_t chance);

/// A picture whose side was drawn by lot. Those of one `kind` were asked for alike but for seed and side.
struct TrialPicture {
    TrialSide side = TrialSide::former;
    std::string kind;
};

/// What a request has in common with the other side's of the same batch.
std::string kindOf(inference::GenerationRequest request);

/// How a trial stands.
struct TrialCount {
    int wins = 0;  ///< answers for the candidate
    int answers = 0;
    SequentialTest::Verdict verdict = SequentialTest::Verdict::undecided;

    bool operator==(const TrialCount&) const = default;
};

/// Counts what was said, oldest first, until the test is decided. A duel between the sides is an answer; so are two pictures of one kind, one of each
/// side, that were both given stars, or of which one was picked and the other rejected. Stars and picks are matched in the order they were given and a
/// picture answers with them once, because the test takes its answers for independent: two and two pictures are two answers, not four, and stars that
/// say again what the picks said are none. Equals decide nothing. Where a duel and stars or picks are about the same two, the duel stands.
TrialCount countTrial(const TasteSignals& said, const std::map<ItemId, TrialPicture>& pictures);

/// What is worth asking of a trial that runs: two pictures of one kind, one of each side (the candidate's first), which have not answered yet, neither
/// by stars and picks nor in a duel with the other side. Each picture is in one pair; the newest come first.
std::vector<std::pair<ItemId, ItemId>> openPairs(const TasteSignals& said, const std::map<ItemId, TrialPicture>& pictures);

}  // namespace app
