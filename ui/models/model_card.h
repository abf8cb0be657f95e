// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractButton>
#include <QList>
#include <optional>

#include "app/models/model_entry.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace ui {

class FactRow;
class FlatButton;

/// What a card shows beside the model itself.
struct ModelCardState {
    bool in_use = false;
    bool wanted = false;                    ///< on its way
    bool waiting = false;                   ///< for the picture that is being drawn, before it loads
    double load_fraction = -1.0;            ///< below 0: not loading
    std::optional<double> hashed_fraction;  ///< while its identity is computed
    std::int64_t held_bytes = 0;            ///< memory that the loaded model would give back
    double flops_per_second = 0.0;          ///< 0: not known
};

/// One model of the list: its name and the main figures, opened also every fact and what one can do with it. The card itself is the button
/// that opens it; Enter uses the model, Delete takes it off the list.
class ModelCard final : public QAbstractButton {
    Q_OBJECT
public:
    explicit ModelCard(const app::ModelEntry& entry, QWidget* parent = nullptr);

    app::ModelId id() const { return entry_.id; }
    void present(const app::ModelEntry& entry, const ModelCardState& state);
    void setOpen(bool open);
    bool isOpen() const { return open_; }
    QString statusText() const;

Q_SIGNALS:
    void useRequested(app::ModelId id);
    void cancelRequested();
    void removeRequested(app::ModelId id);
    void textModelRequested(app::ModelId id);  ///< the one it was listed with is missing or of another size
    void moveRequested(int by);                ///< the keyboard goes to another card

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    void refreshFacts();
    void quietTexts();
    std::optional<inference::Error> refusal() const;  ///< why it cannot be used here and now
    bool canBeUsed() const;
    bool lacksTextModel() const;

    app::ModelEntry entry_;
    ModelCardState state_;
    bool open_ = false;

    QLabel* name_;
    QLabel* status_;
    QLabel* figures_;
    QLabel* problem_icon_;
    QLabel* problem_;
    QProgressBar* progress_;
    QWidget* details_;
    FactRow* architecture_;
    FactRow* text_model_;
    FactRow* parameters_;
    FactRow* files_;
    FactRow* sizes_;
    FactRow* place_;
    FactRow* memory_;
    FactRow* time_;
    FactRow* licence_;
    FactRow* identity_;
    FactRow* folder_;
    FlatButton* show_licence_;
    FlatButton* copy_identity_;
    FlatButton* show_folder_;
    QPushButton* use_;
    QPushButton* cancel_;
    QPushButton* choose_text_model_;
    QPushButton* remove_;
};

}  // namespace ui
