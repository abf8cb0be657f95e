// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractButton>

namespace app {
class Application;
}

namespace ui {

/// The model in the toolbar: its name once it is there, how far it has come before. Opens the list of models.
class ModelButton final : public QAbstractButton {
    Q_OBJECT
public:
    explicit ModelButton(app::Application& application, QWidget* parent = nullptr);

    QString title() const { return title_; }
    QString detail() const { return detail_; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();

    app::Application& application_;
    QString title_;
    QString detail_;
    double fraction_ = -1.0;  ///< of what loads; below 0: nothing does
};

}  // namespace ui
