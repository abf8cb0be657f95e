// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include "app/models/model_entry.h"
#include "inference/api/generation_request.h"

namespace app {
class Application;
}

namespace ui {

class MessageStrip;

/// What happens to models, said in the strip of the window: what was refused and why, what failed to load, which model a picture that is
/// used again was drawn by.
class ModelMessages final : public QObject {
    Q_OBJECT
public:
    ModelMessages(app::Application& application, MessageStrip& messages, QObject* parent);

    /// Offers the model that drew a picture whose settings were taken over, where it is not the loaded one.
    void adviseFor(const inference::GenerationRequest& request);
    /// Takes a model off the list and offers it back.
    void remove(app::ModelId id);

Q_SIGNALS:
    void addWanted();  ///< the button "Add a model…" of a message

private:
    void sayRefused(const QString& folder, const inference::Error& error);
    void sayFailed(app::ModelId id, const inference::Error& error);
    void sayFellBack(app::ModelId id, const inference::Error& error);

    app::Application& application_;
    MessageStrip& messages_;
    int failure_ = 0;
};

}  // namespace ui
