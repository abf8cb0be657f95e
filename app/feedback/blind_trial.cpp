// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/blind_trial.h"

#include "inference/api/request_json.h"

#include <array>
#include <deque>
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

TrialCount countTrial(const TasteSignals& said, const std::map<ItemId, TrialPicture>& pictures) {
    const auto item = [&](int picture) { return said.items[static_cast<std::size_t>(picture)]; };
    const auto find = [&](ItemId id) -> const TrialPicture* {
        const auto found = pictures.find(id);
        return found == pictures.end() ? nullptr : &found->second;
    };
    using Pair = std::pair<ItemId, ItemId>;  // candidate, former
    const auto pairOf = [&](const DuelSignal& duel) -> std::optional<Pair> {
        const auto* first = find(item(duel.first));
        const auto* second = find(item(duel.second));
        if (first == nullptr || second == nullptr || first->side == second->side || first->kind != second->kind) return std::nullopt;
        if (first->side == TrialSide::candidate) return Pair{item(duel.first), item(duel.second)};
        return Pair{item(duel.second), item(duel.first)};
    };
    std::set<Pair> compared;
    for (const auto& signal : said.signals) {
        if (const auto* duel = std::get_if<DuelSignal>(&signal.what)) {
            if (const auto pair = pairOf(*duel)) compared.insert(*pair);
        }
    }

    TrialCount count;
    SequentialTest test;
    const auto answer = [&](bool win) {
        if (test.verdict() != SequentialTest::Verdict::undecided) return;
        test.add(win);
        ++count.answers;
        count.wins += win ? 1 : 0;
    };
    struct Rated {
        ItemId item;
        int stars = 0;
    };
    std::map<std::string, std::array<std::deque<Rated>, 2>> unmatched;  // by side
    for (const auto& signal : said.signals) {
        if (const auto* duel = std::get_if<DuelSignal>(&signal.what)) {
            const auto pair = pairOf(*duel);
            if (pair && duel->outcome != DuelOutcome::equal) answer((duel->outcome == DuelOutcome::first) == (pair->first == item(duel->first)));
        } else if (const auto* star = std::get_if<StarSignal>(&signal.what)) {
            const ItemId id = item(star->picture);
            const auto* picture = find(id);
            if (picture == nullptr) continue;
            auto& sides = unmatched[picture->kind];
            const bool candidate = picture->side == TrialSide::candidate;
            auto& others = sides[candidate ? 0 : 1];
            if (others.empty()) {
                sides[candidate ? 1 : 0].push_back({id, star->stars});
                continue;
            }
            const Rated other = others.front();
            others.pop_front();
            if (compared.contains(candidate ? Pair{id, other.item} : Pair{other.item, id}) || star->stars == other.stars) continue;
            answer((star->stars > other.stars) == candidate);
        }
    }
    count.verdict = test.verdict();
    return count;
}

}  // namespace app
