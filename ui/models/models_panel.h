// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QHash>
#include <QTimer>
#include <QWidget>
#include <optional>

#include "app/models/model_entry.h"

class QLabel;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace app {
class Application;
class EngineThread;
class ModelCatalogue;
class ModelSwitcher;
}  // namespace app

namespace ui {

class ModelCard;

/// The models of this profile as cards, one of them open. While it is shown it looks again whether the folders are there.
class ModelsPanel final : public QWidget {
    Q_OBJECT
public:
    explicit ModelsPanel(app::Application& application, QWidget* parent = nullptr);

    void openCard(app::ModelId id);  ///< and gives it the keyboard
    void focusOpenCard();
    QSize sizeHint() const override;

Q_SIGNALS:
    void addRequested();
    void removeRequested(app::ModelId id);
    void textModelRequested(app::ModelId id);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void synchronise();
    void refreshCards();
    ModelCard* card(app::ModelId id) const;
    void focusNeighbour(ModelCard* from, int by);
    void retranslate();

    app::ModelCatalogue& catalogue_;
    app::ModelSwitcher& switcher_;
    app::EngineThread& engine_;
    QTimer look_again_;
    double load_fraction_ = -1.0;
    std::optional<app::ModelId> open_;
    QList<ModelCard*> cards_;
    QLabel* title_;
    QLabel* hint_;
    QPushButton* add_;
    QScrollArea* scroll_;
    QVBoxLayout* list_;
};

}  // namespace ui
