// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/sprt.h"

#include <cmath>

namespace app {

SequentialTest::SequentialTest(const Options& options) :
    win_step_(std::log(options.better / options.chance)), loss_step_(std::log((1.0 - options.better) / (1.0 - options.chance))),
    accept_at_(std::log((1.0 - options.false_reject) / options.false_accept)),
    reject_at_(std::log(options.false_reject / (1.0 - options.false_accept))) {}

void SequentialTest::add(bool candidate_won) {
    if (verdict_ != Verdict::undecided) return;
    evidence_ += candidate_won ? win_step_ : loss_step_;
    ++decided_;
    if (candidate_won) ++wins_;
    if (evidence_ >= accept_at_) verdict_ = Verdict::accept;
    else if (evidence_ <= reject_at_) verdict_ = Verdict::reject;
}

SequentialTest::Verdict SequentialTest::verdict() const { return verdict_; }

}  // namespace app
