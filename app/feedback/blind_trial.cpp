// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/blind_trial.h"

#include "inference/api/request_json.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <set>
#include <utility>

namespace app {

std::vector<BlindShare> shareBlindly(const inference::GenerationRequest& request, const std::vector<inference::AdapterUse>& candidate,
                                     const std::vector<inference::AdapterUse>& former, int lead, std::uint64_t chance) {
    TrialSide first = (chance & 1U) != 0 ? TrialSide::candidate : TrialSide::former;
    // Strict turns could be guessed: within each two of them chance decides.
    if (request.num_images == 1 && lead != 0) first = lead > 0 ? TrialSide::former : TrialSide::candidate;
    const auto share = [&](TrialSide side, int from, int count) {
        BlindShare part{request, side, 0};
        part.request.seed = inference::request_for_image(request, from).seed;
        part.request.num_images = count;
        part.request.adapters = side == TrialSide::candidate ? candidate : former;
        return part;
    };
    const int half = (request.num_images + 1) / 2;
    std::vector<BlindShare> shares{share(first, 0, half)};
    if (half < request.num_images)
        shares.push_back(share(first == TrialSide::candidate ? TrialSide::former : TrialSide::candidate, half, request.num_images - half));
    return shares;
}

std::string kindOf(inference::GenerationRequest request) {
    request.adapters.clear();
    request.seed = 0;
    request.num_images = 1;
    request.batch_size = 1;
    return inference::to_json(request);
}

namespace {

using Pair = std::pair<ItemId, ItemId>;  ///< candidate, former

/// Goes through what was said of a trial's pictures, oldest first.
class Answers {
public:
    Answers(const TasteSignals& said, const std::map<ItemId, TrialPicture>& pictures) : said_(said), pictures_(pictures) {
        for (const auto& signal : said.signals) {
            const auto* duel = std::get_if<DuelSignal>(&signal.what);
            if (const auto pair = duel ? pairOf(*duel) : std::nullopt) compared_.insert(*pair);
        }
    }

    /// @param answer  called for each, with whether it is for the candidate
    template <typename Answer> void read(Answer answer) {
        for (const auto& signal : said_.signals) {
            if (const auto* duel = std::get_if<DuelSignal>(&signal.what)) {
                const auto pair = pairOf(*duel);
                if (pair && duel->outcome != DuelOutcome::equal) answer((duel->outcome == DuelOutcome::first) == (pair->first == item(duel->first)));
            } else if (const auto* star = std::get_if<StarSignal>(&signal.what)) {
                match(stars_, {item(star->picture), star->stars}, answer);
            } else if (const auto* pick = std::get_if<PickSignal>(&signal.what)) {
                match(picks_, {item(pick->picture), pick->picked ? 1 : 0}, answer);
            }
        }
    }

    /// By stars or picks, or compared with the other side. After read().
    bool hasAnswered(ItemId id) const {
        return answered_.contains(id) ||
            std::any_of(compared_.begin(), compared_.end(), [id](const Pair& pair) { return pair.first == id || pair.second == id; });
    }

private:
    struct Valued {
        ItemId item;
        int value = 0;
    };
    using Unmatched = std::map<std::string, std::array<std::deque<Valued>, 2>>;  ///< by kind and side

    ItemId item(int picture) const { return said_.items[static_cast<std::size_t>(picture)]; }
    const TrialPicture* find(ItemId id) const {
        const auto found = pictures_.find(id);
        return found == pictures_.end() ? nullptr : &found->second;
    }
    std::optional<Pair> pairOf(const DuelSignal& duel) const {
        const auto* first = find(item(duel.first));
        const auto* second = find(item(duel.second));
        if (first == nullptr || second == nullptr || first->side == second->side || first->kind != second->kind) return std::nullopt;
        if (first->side == TrialSide::candidate) return Pair{item(duel.first), item(duel.second)};
        return Pair{item(duel.second), item(duel.first)};
    }
    template <typename Answer> void match(Unmatched& unmatched, Valued one, Answer answer) {
        const auto* picture = find(one.item);
        if (picture == nullptr || answered_.contains(one.item)) return;
        auto& sides = unmatched[picture->kind];
        const bool candidate = picture->side == TrialSide::candidate;
        auto& others = sides[candidate ? 0 : 1];
        while (!others.empty() && answered_.contains(others.front().item)) others.pop_front();
        if (others.empty()) {
            sides[candidate ? 1 : 0].push_back(one);
            return;
        }
        const Valued other = others.front();
        others.pop_front();
        if (compared_.contains(candidate ? Pair{one.item, other.item} : Pair{other.item, one.item}) || one.value == other.value) return;
        answered_.insert({one.item, other.item});
        answer((one.value > other.value) == candidate);
    }

    const TasteSignals& said_;
    const std::map<ItemId, TrialPicture>& pictures_;
    std::set<Pair> compared_;
    std::set<ItemId> answered_;
    Unmatched stars_, picks_;
};

}  // namespace

TrialCount countTrial(const TasteSignals& said, const std::map<ItemId, TrialPicture>& pictures) {
    TrialCount count;
    SequentialTest test;
    Answers(said, pictures).read([&](bool win) {
        if (test.verdict() != SequentialTest::Verdict::undecided) return;
        test.add(win);
        ++count.answers;
        count.wins += win ? 1 : 0;
    });
    count.verdict = test.verdict();
    return count;
}

std::vector<std::pair<ItemId, ItemId>> openPairs(const TasteSignals& said, const std::map<ItemId, TrialPicture>& pictures) {
    Answers answers(said, pictures);
    answers.read([](bool) {});
    std::map<std::string, std::array<std::vector<ItemId>, 2>> open;  // by kind and side, the newest first
    for (auto picture = pictures.rbegin(); picture != pictures.rend(); ++picture) {
        if (!answers.hasAnswered(picture->first))
            open[picture->second.kind][picture->second.side == TrialSide::candidate ? 0 : 1].push_back(picture->first);
    }
    std::vector<Pair> pairs;
    for (const auto& [kind, sides] : open) {
        for (std::size_t i = 0; i < std::min(sides[0].size(), sides[1].size()); ++i) pairs.emplace_back(sides[0][i], sides[1][i]);
    }
    std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return std::max(a.first, a.second) > std::max(b.first, b.second); });
    return pairs;
}

}  // namespace app
