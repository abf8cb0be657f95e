// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QSet>
#include <optional>

#include "app/jobs/job.h"
#include "app/library/library_item.h"
#include "inference/api/generation_request.h"

namespace app {
class Application;
}

namespace ui {

/// One picture before and after the taste: the same request without adapters and with them. Where the other picture is not in the library it
/// is drawn like any other, at the end of the queue; until it is there, the first one stays in view.
class Comparison final : public QObject {
    Q_OBJECT
public:
    enum class State { none, waiting, own, other };  ///< own, other: which of the two is looked at

    explicit Comparison(app::Application& application, QObject* parent = nullptr);

    /// Wishes for the other one of `item`, or back. While that is still drawn: gives it up.
    void toggle(app::ItemId item);
    void lookAt(std::optional<app::ItemId> item);  ///< what is looked at now: any other picture ends it
    void end();                                    ///< what is being drawn is drawn on
    void giveUp();                                 ///< likewise, and what is drawn for it stops

    State state() const { return state_; }
    bool showsBefore() const { return (state_ == State::other) == other_is_before_; }  ///< what is looked at has no taste in it
    bool otherIsBefore() const { return other_is_before_; }
    const app::Job* job() const;                                               ///< while it waits; may be null for a moment
    bool drewFor(app::JobId job) const { return drawn_.contains(job.value); }  ///< drawn to be compared with, in this session

Q_SIGNALS:
    void changed();
    void wanted(app::ItemId item);                            ///< to be looked at
    void said(QString sentence, QString next_step);           ///< why there is nothing to compare with
    void modelMissing(inference::GenerationRequest request);  ///< another model drew it
    void failed(inference::Error error);

private:
    std::optional<app::ItemId> find(const inference::GenerationRequest& request) const;
    void draw(const inference::GenerationRequest& request);
    void show(State state);
    void look(State state);

    app::Application& application_;
    State state_ = State::none;
    app::ItemId item_;
    std::optional<app::ItemId> other_;
    std::optional<app::JobId> job_;
    bool other_is_before_ = true;
    QSet<qint64> drawn_;
};

}  // namespace ui
