// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/taste_fitting.h"

#include <QCoreApplication>
#include <QPointer>
#include <utility>

namespace app {

TasteFitting::TasteFitting(QObject* parent) : QObject(parent) { pool_.setMaxThreadCount(1); }

TasteFitting::~TasteFitting() { pool_.waitForDone(); }

void TasteFitting::fit(TraitsByItem traits, std::vector<PreferenceSignal> signals, std::vector<ItemId> items) {
    next_ = {std::move(traits), std::move(signals), std::move(items), {}};
    if (running_) again_ = true;
    else start();
}

void TasteFitting::start() {
    running_ = true;
    again_ = false;
    FitInputs inputs = std::exchange(next_, {});
    inputs.before = fitted_;
    pool_.start([self = QPointer<TasteFitting>(this), round = round_, inputs = std::move(inputs)] {
        auto fitted = fitTaste(inputs);
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, round, fitted = std::move(fitted)]() mutable {
                if (self) self->finish(round, std::move(fitted));
            },
            Qt::QueuedConnection);
    });
}

void TasteFitting::finish(int round, std::optional<FittedTaste> fitted) {
    running_ = false;
    const bool wanted = round == round_;
    if (wanted && fitted) fitted_ = *std::move(fitted);
    if (again_) start();
    if (wanted || !running_) Q_EMIT fitFinished();
}

void TasteFitting::forgetHead() {
    fitted_.head.reset();
    fitted_.chance_answers = 0;
    next_ = {};
    again_ = false;
    ++round_;
}

void TasteFitting::forget() {
    forgetHead();
    fitted_ = {};
}

}  // namespace app
