// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QList>
#include <QString>
#include <optional>

#include "app/library/library_item.h"

namespace ui {

/// A share with its interval, and on how many pictures: nothing is claimed without all three.
struct WinRate {
    double rate = 0.0;  ///< 0 to 1; 0.5 is chance
    double low = 0.0;   ///< of the 95 % interval
    double high = 0.0;
    int comparisons = 0;  ///< pictures that were judged

    bool operator==(const WinRate&) const = default;
};

/// A direction of taste in a designer's words, shown with pictures.
struct TasteTrait {
    QString words;
    double weight = 0.0;          ///< share of what the head explains, 0 to 1
    QList<app::ItemId> liked;     ///< pictures at its liked end, strongest first
    QList<app::ItemId> disliked;  ///< at the other end

    bool operator==(const TasteTrait&) const = default;
};

/// A pair that taught much: the preferred picture first.
struct TaughtPair {
    app::ItemId preferred;
    app::ItemId other;

    bool operator==(const TaughtPair&) const = default;
};

/// How a version stands that is compared blindly with the one before it.
struct TrialStanding {
    int wins = 0;  ///< answers for it
    int answers = 0;
    QString former_id;  ///< what it is compared with; empty: the model as it came

    bool operator==(const TrialStanding&) const = default;
};

/// One entry of the history.
struct TasteVersion {
    enum class Verdict { base, candidate, accepted, rejected, imported };

    QString id;  ///< empty: the model as it came
    int number = 0;
    QDateTime made_at;  ///< UTC
    int signals_used = 0;
    Verdict verdict = Verdict::candidate;
    QString reason;                      ///< why it was refused; else empty
    std::optional<TrialStanding> trial;  ///< of a candidate
    std::optional<WinRate> win_rate;
    QString origin;    ///< of an imported one, sentences: where it came from and what it says of itself; else empty
    QString made_for;  ///< the model it was made for, in words, where that is not the loaded one; else empty
    QString note;
    bool pinned = false;
    bool in_use = false;

    bool operator==(const TasteVersion&) const = default;
};

/// A second version that is drawn with.
struct TasteMix {
    QString id;  ///< empty: none
    int percent = 0;

    bool operator==(const TasteMix&) const = default;
};

/// The learning job as one sees it.
struct TrainingFacts {
    enum class State { idle, queued, preparing, running, paused, on_battery, evaluating, failed };

    State state = State::idle;
    double fraction = 0.0;      ///< 0 to 1
    double remaining_ms = 0.0;  ///< 0: not known
    QList<double> losses;       ///< oldest first
    QString detail;             ///< one sentence: why it waits, why it failed
    bool can_start = false;
    QString start_hint;  ///< what it needs, or what is missing before it can start

    bool operator==(const TrainingFacts&) const = default;
};

/// All that the taste page shows, as one value.
struct TasteFacts {
    QString profile;
    QStringList profiles;
    int stars = 0;
    int picks = 0;
    int duels = 0;
    int needed = 0;          ///< more answers until it can say anything; 0: enough
    bool speaks = false;     ///< the head has shown that it knows something
    double explained = 0.0;  ///< leave-one-grid-out R^2, 0 to 1
    QList<TasteTrait> traits;
    QList<TaughtPair> taught;
    QList<TasteVersion> versions;  ///< newest first
    TasteMix mix;
    TrainingFacts training;
    bool learns_on_battery = false;

    bool operator==(const TasteFacts&) const = default;
};

}  // namespace ui
