// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace app {

/// Wald's sequential test of a candidate against what is in use, fed by what the user picks in normal work, blind: is it preferred as often as
/// chance, or clearly more? It ends as soon as the answer is clear. Source: Wald 1945, "Sequential Tests of Statistical Hypotheses".
class SequentialTest {
public:
    struct Options {
        double chance = 0.5;  ///< share of wins of a candidate that is no better
        double better = 0.7;  ///< share of wins worth having
        double false_accept = 0.1;
        double false_reject = 0.1;
    };
    enum class Verdict { undecided, accept, reject };

    SequentialTest() : SequentialTest(Options{}) {}
    explicit SequentialTest(const Options& options);

    void add(bool candidate_won);
    Verdict verdict() const;
    int wins() const { return wins_; }
    int decided() const { return decided_; }

private:
    double win_step_, loss_step_, accept_at_, reject_at_;
    double evidence_ = 0.0;  ///< log likelihood ratio
    int wins_ = 0;
    int decided_ = 0;
    Verdict verdict_ = Verdict::undecided;
};

}  // namespace app
