// SPDX-License-Identifier: Apache-2.0
#include "ui/models/model_messages.h"

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/models/model_catalogue.h"
#include "app/models/model_switcher.h"
#include "ui/errors/message_strip.h"
#include "ui/models/model_text.h"

namespace ui {

namespace {
constexpr int short_identity = 12;
}

ModelMessages::ModelMessages(app::Application& application, MessageStrip& messages, QObject* parent) :
    QObject(parent), application_(application), messages_(messages) {
    connect(&application_.models(), &app::ModelCatalogue::refused, this, &ModelMessages::sayRefused);
    connect(&application_.models(), &app::ModelCatalogue::storageFailed, this, [this](const inference::Error& error) { messages_.showError(error); });
    connect(&application_.modelSwitcher(), &app::ModelSwitcher::failed, this, &ModelMessages::sayFailed);
    connect(&application_.modelSwitcher(), &app::ModelSwitcher::fellBack, this, &ModelMessages::sayFellBack);
    // A failure is settled by the model that loads after it.
    connect(&application_.engine(), &app::EngineThread::modelLoaded, this, [this] { messages_.retract(failure_); });
}

void ModelMessages::sayRefused(const QString& folder, const inference::Error& error) {
    messages_.showMessage(MessageStrip::Kind::failure, modelProblemText(error, {folder, {}}),
                          tr("Choose the folder that holds model_index.json, transformer and vae."), tr("Add a model…"),
                          [this] { Q_EMIT addWanted(); });
}

void ModelMessages::sayFailed(app::ModelId id, const inference::Error& error) {
    const app::ModelEntry* entry = application_.models().find(id);
    if (!entry) return;
    const auto& loaded = application_.engine().model();
    const QString sentence = tr("%1 was not loaded. %2").arg(entry->name, modelProblemText(error, entry->location));
    failure_ = messages_.showMessage(MessageStrip::Kind::failure, sentence,
                                     loaded ? tr("%1 is still there.").arg(QString::fromStdString(loaded->name))
                                            : tr("What you generate waits in the queue."),
                                     tr("Try again"), [this, id] { application_.modelSwitcher().use(id); });
    if (loaded) failure_ = 0;  // nothing that happens to another model settles it
}

void ModelMessages::sayFellBack(app::ModelId id, const inference::Error& error) {
    const app::ModelEntry* entry = application_.models().find(id);
    if (!entry) return;
    messages_.showMessage(
        MessageStrip::Kind::warning, tr("%1 was used last but cannot be loaded. %2").arg(entry->name, modelProblemText(error, entry->location)),
        tr("%1 takes its place.").arg(application_.models().starter().name), tr("Try again"), [this, id] { application_.modelSwitcher().use(id); });
}

void ModelMessages::remove(app::ModelId id) {
    const app::ModelEntry* found = application_.models().find(id);
    if (!found) return;
    const app::ModelEntry entry = *found;
    if (const auto removed = application_.models().remove(id); !removed) {
        messages_.showError(removed.error());
        return;
    }
    messages_.showMessage(MessageStrip::Kind::note, tr("%1 is off the list.").arg(entry.name), tr("Its files stay where they are."),
                          tr("Put it back"), [this, entry] { application_.models().add(entry.location.pipeline, entry.location.text_model); });
}

void ModelMessages::adviseFor(const inference::GenerationRequest& request) {
    const auto& loaded = application_.engine().model();
    if (request.model_id.empty() || !loaded || loaded->id == request.model_id) return;
    auto& models = application_.models();
    const app::ModelEntry* entry = models.findByIdentity(request.model_id);
    if (entry && !entry->problem) {
        messages_.showMessage(MessageStrip::Kind::note, tr("This picture was drawn by %1.").arg(entry->name),
                              tr("Another model draws another picture."), tr("Switch to %1").arg(entry->name),
                              [this, id = entry->id] { application_.modelSwitcher().use(id); });
        return;
    }
    if (entry) {
        messages_.showMessage(
            MessageStrip::Kind::warning,
            tr("This picture was drawn by %1, which cannot be used now. %2").arg(entry->name, modelProblemText(*entry->problem, entry->location)));
        return;
    }
    if (models.successorOf(request.model_id) != nullptr) {
        // The files are not there any more: to look for them would be in vain.
        messages_.showMessage(MessageStrip::Kind::note, tr("This picture was drawn by %1.").arg(modelWords(models, request.model_id)),
                              tr("The version there is now draws another picture."));
        return;
    }
    const QString name = models.nameOf(request.model_id);
    const QString sentence = name.isEmpty()
        ? tr("This picture was drawn by a model that is not known here (%1…).").arg(QString::fromStdString(request.model_id).left(short_identity))
        : tr("This picture was drawn by %1, which is not in the list any more.").arg(name);
    messages_.showMessage(MessageStrip::Kind::warning, sentence, tr("Another model draws another picture."), tr("Add a model…"),
                          [this] { Q_EMIT addWanted(); });
}

}  // namespace ui
