// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QThreadPool>

#include "app/feedback/fitted_taste.h"

namespace app {

/// Fits a taste on a pool thread, one fit at a time: what is asked for meanwhile is one more fit of the newest. Lives on the GUI thread and never waits,
/// but for its end.
class TasteFitting final : public QObject {
    Q_OBJECT
public:
    explicit TasteFitting(QObject* parent = nullptr);
    ~TasteFitting() override;

    const FittedTaste& fitted() const { return fitted_; }  ///< the newest

    /// `fitFinished` follows, the last of them when nothing is fitted any more. What was on its way when something was forgotten comes to nothing.
    void fit(TraitsByItem traits, std::vector<PreferenceSignal> signals, std::vector<ItemId> items);
    bool isFitting() const { return running_; }
    void forgetHead();  ///< the answers are another taste's
    void forget();      ///< all of it

Q_SIGNALS:
    void fitFinished();

private:
    void start();
    void finish(int round, std::optional<FittedTaste> fitted);

    FittedTaste fitted_;
    FitInputs next_;  ///< but for `before`
    int round_ = 0;   ///< what was forgotten since does not come back
    bool running_ = false;
    bool again_ = false;
    QThreadPool pool_;
};

}  // namespace app
