// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <optional>

#include "app/library/library_item.h"
#include "inference/api/generation_request.h"
#include "inference/api/result.h"
#include "ui/inspector/use_again.h"

class QLabel;
class QPushButton;
class QScrollArea;
class QUndoStack;
class QVBoxLayout;

namespace app {
class Application;
}

namespace ui {

class EmptyNotice;
class FactRow;
class FlatButton;
class ItemActions;
class RatingWidget;

/// Everything about the current picture, and the ways to take it up again.
class Inspector final : public QWidget {
    Q_OBJECT
public:
    Inspector(app::Application& application, QUndoStack& stack, QWidget* parent = nullptr);

    void setItem(std::optional<app::ItemId> item);
    std::optional<app::ItemId> item() const { return item_; }

Q_SIGNALS:
    void useAgainRequested(inference::GenerationRequest request, ui::UseAgain parts);
    void exportRequested(app::ItemId item);
    void storageFailed(inference::Error error);

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    QSize sizeHint() const override;

private:
    void build();
    FactRow* addFact(QVBoxLayout* column);
    QLabel* addCaption(QVBoxLayout* column);
    void showItem(const app::LibraryItem& item);
    void showModel();
    void showTaste();
    void use(UseAgain parts);
    void retranslate();
    void quietCaptions();

    app::Application& application_;
    ItemActions* actions_;
    std::optional<app::ItemId> item_;
    std::optional<inference::GenerationRequest> request_;

    EmptyNotice* nothing_;
    QScrollArea* scroll_;
    RatingWidget* stars_;
    QLabel* prompt_;
    QLabel* negative_caption_;
    QLabel* negative_;
    FlatButton* use_prompt_;
    FlatButton* copy_prompt_;
    QPushButton* use_all_;
    QPushButton* use_all_but_seed_;
    QPushButton* save_as_;
    QList<QLabel*> captions_;
    QLabel* prompt_caption_;
    QLabel* taste_caption_;
    QLabel* request_caption_;
    QLabel* file_caption_;
    FactRow* predicted_;
    QLabel* reasons_;
    FactRow* size_;
    FactRow* steps_;
    FactRow* guidance_;
    FactRow* sampler_;
    FactRow* seed_;
    FactRow* model_;
    FactRow* created_;
    FactRow* file_;
    FlatButton* use_size_;
    FlatButton* use_seed_;
    FlatButton* copy_seed_;
    FlatButton* show_file_;
    FlatButton* copy_path_;
};

}  // namespace ui
