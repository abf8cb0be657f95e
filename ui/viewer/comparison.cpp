// SPDX-License-Identifier: Apache-2.0
#include "ui/viewer/comparison.h"

#include <algorithm>

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/feedback/taste_service.h"
#include "app/generation/generation_service.h"
#include "app/jobs/job_queue.h"
#include "app/library/library.h"
#include "app/library/own_pictures.h"

namespace ui {

namespace {

using inference::GenerationRequest;

bool hasTaste(const GenerationRequest& request) {
    return std::any_of(request.adapters.begin(), request.adapters.end(), [](const auto& use) { return use.strength > 0.0; });
}

/// What decides the pixels of one picture.
GenerationRequest essence(GenerationRequest request) {
    request.num_images = request.batch_size = 1;
    std::erase_if(request.adapters, [](const auto& use) { return use.strength <= 0.0; });
    return request;
}

}  // namespace

Comparison::Comparison(app::Application& application, QObject* parent) : QObject(parent), application_(application) {
    connect(&application.generation(), &app::GenerationService::imageFinished, this, [this](app::JobId job, int, app::ItemId item) {
        if (state_ != State::waiting || job_ != job) return;
        other_ = item;
        look(State::other);
    });
    connect(&application.queue(), &app::JobQueue::jobChanged, this, [this](app::JobId id) {
        if (state_ != State::waiting || job_ != id) return;
        const app::Job* job = application_.queue().find(id);
        // A failure is told by whoever tells all of them.
        if (!job || job->state == app::JobState::failed || job->state == app::JobState::cancelled) show(State::none);
        else Q_EMIT changed();
    });
    connect(&application.queue(), &app::JobQueue::jobRemoved, this, [this](app::JobId id) {
        if (state_ == State::waiting && job_ == id) show(State::none);
    });
    connect(&application.library(), &app::Library::itemsRemoved, this, [this](const QList<app::ItemId>& items) {
        if (state_ == State::none) return;
        if (items.contains(item_) || (other_ && items.contains(*other_))) end();
    });
}

void Comparison::toggle(app::ItemId item) {
    if (state_ != State::none && (item == item_ || item == other_)) {
        if (state_ == State::waiting) giveUp();
        else look(state_ == State::own ? State::other : State::own);
        return;
    }
    end();
    const auto request = application_.library().request(item);
    if (!request) {
        Q_EMIT failed(request.error());
        return;
    }
    if (application_.ownPictures().isOwn(item)) {
        Q_EMIT said(tr("This picture was not drawn here, so there is nothing to compare it with."), {});
        return;
    }
    GenerationRequest wanted = essence(*request);
    other_is_before_ = hasTaste(wanted);
    wanted.adapters = other_is_before_ ? std::vector<inference::AdapterUse>() : application_.taste().adapters();
    if (!other_is_before_ && wanted.adapters.empty()) {
        Q_EMIT said(tr("This picture was drawn without a taste, and none is in use now."),
                    tr("Choose a version on the taste page, then compare again."));
        return;
    }
    const QString taste = application_.taste().active().adapter_id;
    if (!other_is_before_ && application_.taste().isOfAnotherModel(taste, wanted.model_id)) {
        Q_EMIT said(tr("This picture was drawn by another model than the one your taste was learned with."),
                    tr("Let it be learned for this model on the taste page, then compare again."));
        return;
    }
    item_ = item;
    other_ = find(wanted);
    if (other_) look(State::other);
    else draw(wanted);
}

void Comparison::lookAt(std::optional<app::ItemId> item) {
    if (state_ == State::none) return;
    if (item == item_) {
        if (state_ == State::other) show(State::own);
    } else if (item && item == other_) {
        if (state_ == State::own) show(State::other);
    } else {
        end();
    }
}

void Comparison::look(State state) {
    show(state);
    Q_EMIT wanted(state == State::other ? *other_ : item_);
}

void Comparison::draw(const GenerationRequest& request) {
    const auto& loaded = application_.engine().model();
    if (loaded && loaded->id != request.model_id) {
        Q_EMIT modelMissing(request);
        return;
    }
    if (!loaded && !application_.engine().isLoading()) {
        Q_EMIT said(tr("No model is loaded, so the other picture cannot be drawn."), {});
        return;
    }
    const auto job = application_.generation().submit(request);
    if (!job) {
        Q_EMIT failed(job.error());
        return;
    }
    job_ = *job;
    drawn_.insert(job->value);
    show(State::waiting);
}

/// Pictures of the same words and size are asked for their request, by key; there are few.
std::optional<app::ItemId> Comparison::find(const GenerationRequest& request) const {
    const auto& library = application_.library();
    const QString prompt = QString::fromStdString(request.prompt);
    for (const app::LibraryItem& item : library.items()) {
        if (item.size != QSize(request.width, request.height) || item.prompt != prompt) continue;
        const auto drawn = library.request(item.id);
        if (drawn && essence(*drawn) == request) return item.id;
    }
    return std::nullopt;
}

void Comparison::show(State state) {
    state_ = state;
    if (state != State::waiting) job_.reset();
    if (state == State::none) other_.reset();
    Q_EMIT changed();
}

void Comparison::end() {
    if (state_ != State::none) show(State::none);
}

void Comparison::giveUp() {
    const auto job = state_ == State::waiting ? job_ : std::nullopt;
    end();
    if (job) application_.queue().cancel(*job);
}

const app::Job* Comparison::job() const { return job_ ? application_.queue().find(*job_) : nullptr; }

}  // namespace ui
